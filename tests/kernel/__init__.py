"""The real drivers on a real Linux kernel, in a small virtual machine: `make test-kernel`."""
