"""The gated PixelCNN: a decoder that sees the pixels before the one it prices."""
