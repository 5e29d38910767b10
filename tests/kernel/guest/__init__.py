"""What runs inside the virtual machine, as root, on a kernel with USB, input devices and sound."""
