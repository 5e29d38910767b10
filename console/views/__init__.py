"""What the pages show, as pure functions from the picture to markup."""
