"""The discriminator, which training alone needs: a draw of a Gaussian, or a code?"""
