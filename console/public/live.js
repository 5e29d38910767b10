/* Written for phones and televisions of ten years ago: ES5, no framework. */
(function () {
  "use strict";
  var path = document.documentElement.getAttribute("data-live");
  var title = document.title, alerted = "", source = null, heard = 0, flashing = null, touched = false;

  function now() { return new Date().getTime(); }

  function alarm(name, words) {
    if (name === alerted) { return; }
    alerted = name;
    if (flashing) { clearInterval(flashing); flashing = null; document.title = title; }
    if (!name) { return; }
    /* a browser lets only a page shake the phone that somebody has touched */
    if (touched && navigator.vibrate) { try { navigator.vibrate([400, 200, 400, 200, 800]); } catch (e) { /* not allowed */ } }
    var turn = 0;
    flashing = setInterval(function () { document.title = (turn += 1) % 2 ? words : title; }, 800);
  }

  function show(text) {
    var regions = JSON.parse(text), name, place;
    heard = now();
    for (name in regions) {
      if (Object.prototype.hasOwnProperty.call(regions, name)) {
        place = document.getElementById(name);
        if (place && place.innerHTML !== regions[name]) { place.innerHTML = regions[name]; }
      }
    }
    place = document.querySelector("[data-alert]");
    alarm(place ? place.getAttribute("data-alert") : "", place ? place.getAttribute("data-words") : "");
    document.documentElement.className = "";
  }

  function lost() {
    if (now() - heard > 10000) { document.documentElement.className = "lost"; }
  }

  function ask() {
    var request = new XMLHttpRequest();
    request.open("GET", path + (path.indexOf("?") < 0 ? "?" : "&") + "once=1", true);
    request.timeout = 8000;
    request.onreadystatechange = function () {
      if (request.readyState !== 4) { return; }
      if (request.status === 200) { try { show(request.responseText); } catch (e) { lost(); } }
      else if (request.status === 404) { location.reload(); }
      else { lost(); }
    };
    request.send();
  }

  function listen() {
    if (source) { source.close(); }
    source = new EventSource(path);
    source.onmessage = function (event) { show(event.data); };
    source.onopen = function () { heard = now(); };
    source.onerror = lost;
  }

  heard = now();
  if (window.EventSource) {
    listen();
    setInterval(function () {
      /* one that is given up for good, or that a gateway has let fall asleep, is made anew */
      if (source.readyState === 2) { lost(); listen(); ask(); }
    }, 5000);
  } else {
    ask();
    setInterval(ask, 5000);
  }
  document.addEventListener("click", function () { touched = true; });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { ask(); } });
}());
