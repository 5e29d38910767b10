/* Parts of a page are made anew as the hall moves: who stands on a link in one with the keyboard, stays on it. */
(function () {
  "use strict";
  let link = null;
  document.addEventListener("focusin", (event) => { link = event.target.closest("a[href]"); });
  document.addEventListener("mousedown", () => { link = null; });
  new MutationObserver(() => {
    if (!link || link.isConnected || document.activeElement !== document.body) { return; }
    const same = document.querySelector('a[href="' + CSS.escape(link.getAttribute("href")) + '"]');
    if (same) { same.focus({ preventScroll: true }); }
  }).observe(document.documentElement, { childList: true, subtree: true });
}());
