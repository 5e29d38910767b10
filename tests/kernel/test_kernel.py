"""What the guest found, a test each. Slow to begin: the first one boots the machine for all of them."""

import os
import sys

import pytest

from tests.kernel.guest.suite import TESTS
from tests.kernel.kernel_package import Missing
from tests.kernel.virtual_machine import PATIENCE_S, Ran, run

NOT_WANTED = "HALLKEEPER_NO_KERNEL_TEST"

pytestmark = pytest.mark.timeout(PATIENCE_S + 130)
"""With time to fetch the kernel, once."""


@pytest.fixture(scope="module")
def guest(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """The machine, after it has run the tests that were chosen."""
    if os.environ.get(NOT_WANTED) == "1":
        pytest.skip(f"the kernel test was not run, because {NOT_WANTED}=1 says so")
    chosen = [name for name in TESTS if any(f"[{name}]" in item.name for item in request.session.items)]
    try:
        program = [sys.executable, "-m", "tests.kernel.guest.suite", *chosen]
        return run(program, tmp_path_factory.mktemp("kernel"))
    except Missing as missing:
        pytest.fail(f"the kernel test can't run: {missing}; or set {NOT_WANTED}=1", pytrace=False)


@pytest.mark.parametrize("name", TESTS)
def test_in_the_guest(guest: Ran, name: str) -> None:
    result = guest.results.get(name)
    if result is None:
        pytest.fail(f"the guest said nothing of {name}; its console:\n{guest.console[-6000:]}", pytrace=False)
    if result["outcome"] != "passed":
        pytest.fail(f"{name}, in the guest:\n{result['detail']}", pytrace=False)
