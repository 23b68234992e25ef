"""Signatures of a training's folder (Ed25519): who answers for it, that it is whole, and when it was signed.

The rule: a signature names every file that the service reads from the folder, with its size and SHA-256, so that no
file can be changed, added, removed, or taken from another training. Signed files are copied into a private folder while
they are checked, and served from that copy: what was checked is what is served.

A digest beside the numbers (``digest`` in a model's file) is a checksum: it finds damage, and whoever changes a number
on purpose computes it anew. Only the signature says who wrote the numbers.
"""

import base64
import hashlib
import json
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from scoring.errors import ArtefactError
from scoring.files import file_aside, private_folder, read_versioned, remove_private_folder, validated
from scoring.settings import PUBLIC_KEY_PATTERN

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT: Final = "clairscore-signature"
VERSION: Final = 1
SIGNATURE_FILE: Final = "signature.json"
KEY_PREFIX: Final = "ed25519:"
LARGEST_SIGNATURE_FILE = 1_000_000
_REMEDY = "Sign the folder: `python -m scoring sign --artefacts DIR --key FILE`."
_PIECE = 1 << 20


class SignedFile(BaseModel):
    """Size and digest of one file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class Signature(BaseModel):
    """The content of ``signature.json``: a statement about the folder's files, and its signature."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["clairscore-signature"] = FORMAT
    version: Literal[1] = VERSION
    key: Annotated[str, Field(pattern=PUBLIC_KEY_PATTERN)]
    """The public key that verifies it."""
    signed: AwareDatetime
    """When; an earlier one never replaces a later one while the service runs."""
    files: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$")], SignedFile]
    """Every file of the folder that the service may read, by name."""
    signature: Annotated[str, Field(pattern="^[A-Za-z0-9+/]{86}==$")] = "A" * 86 + "=="
    """Of `statement`, in base64."""

    @property
    def statement(self) -> bytes:
        """What is signed: everything but the signature itself, as JSON with sorted keys and no spaces."""
        wording = self.model_dump(mode="json", exclude={"signature"})
        return json.dumps(wording, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


@dataclass(frozen=True)
class VerifiedCopy:
    """A private copy of a folder whose signature holds; whoever holds it removes the folder in the end."""

    folder: Path
    signature: Signature


def write_private_key(path: Path) -> str:
    """Make a key, write its private half to a new file that its owner alone can read; returns the public half.

    Raises
    ------
    ArtefactError
        When there is such a file already, or it cannot be written.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415  # a third of a second that few need
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except FileExistsError as error:
        raise ArtefactError(
            f"A private key must be written to a new file; got {path}, which exists. Give another name."
        ) from error
    except OSError as error:
        raise ArtefactError(f"A private key must be written; got {error}. Give a place that can be written.") from error
    return public_key_text(key.public_key())


def public_key_text(key: "Ed25519PublicKey") -> str:
    """A public key as settings and signatures name it: ``ed25519:`` and its 32 bytes in base64."""
    return KEY_PREFIX + base64.b64encode(key.public_bytes_raw()).decode()


def sign_folder(folder: Path, key_file: Path) -> Signature:
    """Sign the files of a folder as they are now, and write ``signature.json`` beside them.

    Raises
    ------
    ArtefactError
        When the key or a file cannot be read.
    """
    key = _read_private_key(key_file)
    try:
        files = {path.name: _signed_file(path) for path in _covered(folder)}
    except OSError as error:
        raise ArtefactError(f"Every file of {folder} must be readable; got {error}. Restore it.") from error
    unsigned = Signature(key=public_key_text(key.public_key()), signed=datetime.now(UTC), files=files)
    signed = unsigned.model_copy(update={"signature": base64.b64encode(key.sign(unsigned.statement)).decode()})
    with file_aside(folder / SIGNATURE_FILE) as aside:
        aside.write_text(signed.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")
    return signed


def copy_verified(folder: Path, keys: Sequence[str], since: datetime | None = None) -> VerifiedCopy:
    """Check a folder's signature and every file that it names, and copy them into a private folder.

    Parameters
    ----------
    keys : public keys whose signatures are accepted
    since : the earliest signature that is accepted

    Raises
    ------
    ArtefactError
        When there is no signature, it is of another key, too old, does not hold, or the files are not those it names.
    """
    signature = _read_signature(folder)
    if signature.key not in keys:
        raise ArtefactError(
            f"The artefacts must be signed with a key that CLAIRSCORE_MODEL_KEYS names; got {signature.key} in "
            f"{folder / SIGNATURE_FILE}. Have them signed by one of yours, or add the key if you trust it."
        )
    _verify(signature, folder)
    if since is not None and signature.signed < since:
        raise ArtefactError(
            f"The artefacts must be signed since {since.isoformat()} (CLAIRSCORE_MODEL_SIGNED_SINCE); got "
            f"{signature.signed.isoformat()} in {folder}. To return to an older model, sign its folder again."
        )
    unsigned = sorted({path.name for path in _covered(folder)} - signature.files.keys())
    if unsigned:
        raise ArtefactError(
            f"Every file of signed artefacts must be signed; got {', '.join(unsigned)} without in {folder}. "
            "Remove what does not belong there, or sign the folder again."
        )
    copy = private_folder("clairscore-artefacts-")
    try:
        for name, stated in signature.files.items():
            _copy(folder / name, copy / name, stated)
    except BaseException:
        remove_private_folder(copy)
        raise
    return VerifiedCopy(copy, signature)


def _covered(folder: Path) -> list[Path]:
    """The files that a signature covers: all that the service may read."""
    found = [*folder.glob("*.json"), *folder.glob("*.parquet")]
    return sorted(path for path in found if path.name != SIGNATURE_FILE and not path.name.startswith("."))


def _signed_file(path: Path) -> SignedFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return SignedFile(bytes=file.tell(), sha256=digest)


def _read_private_key(path: Path) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415

    remedy = "Make one: `python -m scoring sign-key --out FILE`."
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise ArtefactError(f"The private key must be readable; got {error}. {remedy}") from error
    except (ValueError, TypeError) as error:
        raise ArtefactError(
            f"The private key must be an unencrypted Ed25519 key in PEM; got {path}: {error}. {remedy}"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ArtefactError(f"The private key must be an Ed25519 key; got another kind in {path}. {remedy}")
    return key


def _read_signature(folder: Path) -> Signature:
    path = folder / SIGNATURE_FILE
    try:
        found = path.stat()
    except OSError as error:
        raise ArtefactError(
            f"The artefacts must be signed, since CLAIRSCORE_MODEL_KEYS is set; got no {SIGNATURE_FILE} in {folder}. "
            f"{_REMEDY}"
        ) from error
    # A device or a pipe has a size of 0 and may have no end: whoever can write the folder must not hang the service.
    if not stat.S_ISREG(found.st_mode) or found.st_size > LARGEST_SIGNATURE_FILE:
        size = f"{found.st_size} bytes" if stat.S_ISREG(found.st_mode) else "something else"
        raise ArtefactError(
            f"{SIGNATURE_FILE} must be a regular file of at most {LARGEST_SIGNATURE_FILE} bytes; got {size} in "
            f"{folder}. {_REMEDY}"
        )
    return validated(Signature, read_versioned(path, FORMAT, VERSION, remedy=_REMEDY), path)


def _verify(signature: Signature, folder: Path) -> None:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signature.key.removeprefix(KEY_PREFIX)))
    try:
        public.verify(base64.b64decode(signature.signature), signature.statement)
    except InvalidSignature as error:
        raise ArtefactError(
            f"The signature must be that of its key over its statement; it is not in {folder / SIGNATURE_FILE}. "
            "The file was changed: restore the folder, or have it signed again."
        ) from error


def _copy(source: Path, target: Path, stated: SignedFile) -> None:
    """Copy a file and check it on the way: the bytes that are written are those that were digested."""
    digest, size = hashlib.sha256(), 0
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for a writer.
        with os.fdopen(os.open(source, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise OSError(f"{source} is no regular file")
            with target.open("wb") as copy:
                while size <= stated.bytes and (piece := file.read(_PIECE)):
                    digest.update(piece)
                    size += len(piece)
                    copy.write(piece)
    except OSError as error:
        raise ArtefactError(
            f"Every signed file must be readable, and a copy of it fit on the temporary disk; got {error}. "
            "Restore the folder, or make room."
        ) from error
    if (size, digest.hexdigest()) != (stated.bytes, stated.sha256):
        raise ArtefactError(
            f"{source.name} must be the file that was signed; got another content in {source}. "
            "It was changed, or comes from another training: restore the folder, or have it signed again."
        )
