"""A second verifier, written from docs/spec and the C2SP pages alone: it shares no line with comity."""

from base64 import b64decode
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 §2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def root_of_hashes(hashes: list[bytes]) -> bytes:
    """The same over hashes that stand for subtrees."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + root_of_hashes(hashes[:k]) + root_of_hashes(hashes[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_consistency(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962 §2.1.2."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_consistency(m, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_consistency(m - k, leaves[k:], False), naive_root(leaves[:k])]


def climb(index: int, size: int, node: bytes, path: list[bytes]) -> bytes:
    """The root an audit path leads to, by walking the tree down first."""
    turns, low, high = [], 0, size
    while high - low > 1:
        k = 1
        while k * 2 < high - low:
            k *= 2
        turns.append(index >= low + k)
        low, high = (low + k, high) if index >= low + k else (low, low + k)
    if len(turns) != len(path):
        raise ValueError("path length")
    for right, sibling in zip(reversed(turns), path, strict=True):
        node = sha256(b"\x01" + (sibling + node if right else node + sibling)).digest()
    return node


def _ed25519(public: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        raise ValueError("signature") from None


def _line(note: bytes, vkey: str) -> tuple[bytes, int, bytes, bytes]:
    """The note's text, the key's type and public bytes, and the signature bytes of its line."""
    text, _, block = note.rpartition(b"\n\n")
    name, key_id, encoded = vkey.split("+", 2)
    typed = b64decode(encoded)
    if sha256(name.encode() + b"\n" + typed).hexdigest()[:8] != key_id:
        raise ValueError("key id")
    for line in block.decode().removesuffix("\n").split("\n"):
        dash, signer, signature = line.split(" ")
        raw = b64decode(signature, validate=True)
        if dash == "—" and signer == name and raw[:4].hex() == key_id:
            return text + b"\n", typed[0], typed[1:], raw[4:]
    raise ValueError("no line by " + name)


def checkpoint(note: bytes, vkey: str) -> tuple[int, bytes]:
    """The size and root of a checkpoint that this log signed."""
    text, kind, public, signature = _line(note, vkey)
    if kind != 1:
        raise ValueError("type")
    _ed25519(public, signature, text)
    origin, size, root, end = text.split(b"\n")
    if end or origin.decode() != vkey.split("+")[0] or str(int(size)).encode() != size:
        raise ValueError("checkpoint")
    return int(size), b64decode(root, validate=True)


def cosignature(note: bytes, vkey: str) -> int:
    """The time at which this key cosigned the checkpoint."""
    text, kind, public, signature = _line(note, vkey)
    if kind != 4 or len(signature) != 72:
        raise ValueError("type")
    at = int.from_bytes(signature[:8], "big")
    _ed25519(public, signature[8:], b"cosignature/v1\ntime %d\n" % at + text)
    return at


def tlog_proof(raw: bytes, entry: bytes, log_vkey: str, cosigner_vkeys: list[str]) -> None:
    """Check a proof against a log and cosigners all of whom must have signed."""
    top, _, note = raw.partition(b"\n\n")
    lines = top.split(b"\n")
    if lines.pop(0) != b"c2sp.org/tlog-proof@v1":
        raise ValueError("header")
    if lines[0].startswith(b"extra "):
        lines.pop(0)
    word, _, index = lines.pop(0).partition(b" ")
    size, root = checkpoint(note, log_vkey)
    path = [b64decode(line, validate=True) for line in lines]
    if word != b"index" or climb(int(index), size, sha256(b"\x00" + entry).digest(), path) != root:
        raise ValueError("inclusion")
    for vkey in cosigner_vkeys:
        cosignature(note, vkey)


def _number(n: int) -> str:
    text = f"{n:03d}" if n < 1000 else f"{n:06d}" if n < 10**6 else f"{n:09d}"
    groups = [text[i : i + 3] for i in range(0, len(text), 3)]
    return "/".join(["x" + g for g in groups[:-1]] + groups[-1:])


def tiled_log(files: dict[str, bytes], vkey: str) -> list[bytes]:
    """Check every tile and bundle of a tiled log; return its entries."""
    size, root = checkpoint(files["checkpoint"], vkey)
    entries: list[bytes] = []
    expected = {"checkpoint"}
    for n in range((size + 255) // 256):
        width = min(256, size - n * 256)
        path = f"tile/entries/{_number(n)}" + ("" if width == 256 else f".p/{width}")
        expected.add(path)
        rest = files[path]
        for _ in range(width):
            length = rest[0] * 256 + rest[1]
            entries.append(rest[2 : 2 + length])
            rest = rest[2 + length :]
        if rest:
            raise ValueError(path)
    row, level = [sha256(b"\x00" + e).digest() for e in entries], 0
    while row:
        for n in range((len(row) + 255) // 256):
            part = row[n * 256 : n * 256 + 256]
            path = f"tile/{level}/{_number(n)}" + ("" if len(part) == 256 else f".p/{len(part)}")
            expected.add(path)
            if files[path] != b"".join(part):
                raise ValueError(path)
        row = [root_of_hashes(row[i : i + 256]) for i in range(0, len(row) // 256 * 256, 256)]
        level += 1
    if naive_root(entries) != root or set(files) != expected:
        raise ValueError("root or files")
    return entries
