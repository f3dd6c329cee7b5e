"""Pictures: sheets of images (needs Pillow) and plots (needs matplotlib)."""
