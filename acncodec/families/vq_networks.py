"""The exact networks of a VQ-VAE: map encoder, prior of maps of codes, and a decoder given them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from acncodec.families.exact import ExactNetworks, Matrix
from acncodec.latents.code_maps import CodeMaps
from acncodec.parts.code_conditioner.exact import ExactCodeConditioner
from acncodec.parts.code_prior.exact import ExactCodePrior
from acncodec.parts.gated_pixelcnn.exact import ExactDecoder
from acncodec.parts.map_encoder.exact import ExactMapEncoder


@dataclass(frozen=True, eq=False, kw_only=True)
class VQNetworks(ExactNetworks[ExactDecoder]):
    """No mixture and no prior network: `code_prior` prices the maps that `encoder` gives."""

    encoder: ExactMapEncoder
    code_prior: ExactCodePrior

    @property
    def latents(self) -> CodeMaps:
        """Maps of codes."""
        return CodeMaps(self.code_prior, self.encoder.codebook)

    @property
    def conditioner(self) -> ExactCodeConditioner:
        """That of the decoder. Raises `TypeError` where it is of another kind."""
        if not isinstance(self.decoder.conditioner, ExactCodeConditioner):
            raise TypeError("the decoder has no conditioner of maps of codes")
        return self.decoder.conditioner

    @property
    def priors(self) -> tuple[Any, ...]:
        """That of the maps."""
        return (self.code_prior,)

    @property
    def compiled_matrices(self) -> tuple[Matrix, ...]:
        """Those of the decoder and of the prior."""
        return (*self.decoder.compiled_matrices, *self.code_prior.compiled_matrices)
