"""Checks a proof or a checkpoint of a khata book (EVIDENCE.md) without khata: python3 verify.py FILE [KEY ...]."""
import gzip, json, re, sys
from base64 import b64decode
from datetime import datetime, timedelta, timezone
from hashlib import sha256, sha512
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)
BASE = (0x216936D3CD6E53FEC0A4E231FDD6DC5C692CC7609525A7B2C9562D608F25D51A, 4 * pow(5, -1, P) % P)
N, HEX, NAME = "(?:0|[1-9][0-9]{0,14})", "[0-9a-f]{32}", r"[^\s+\x00-\x1f]+"
BYTES = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)"
HASH, SHOP = "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=", rf"khata/{HEX}\+[0-9a-f]{{8}}\+A[Q-Za-f][A-Za-z0-9+/]{{42}}"
KEY, PARTS = rf"(?:{SHOP}|{NAME}\+[0-9a-f]{{8}}\+B[A-P][A-Za-z0-9+/]{{42}})", f"parts\n(?P<parts>(?:{HASH}\n)*)"
BODY, DETAIL = f'{{"@prev":"{HEX}{HEX}","@seq":{N},.*\n', f'{{"entry":({N}),"salt":"({HEX})","body":(".*")}}\n'
NOTE = f"(?P<text>(?P<log>khata/{HEX})\n(?P<size>{N})\n(?P<root>{HASH})\n)\n(?P<signed>(?:— {NAME} {BYTES}\n)+)"
SHOWN, PATH = f"(?P<key>{SHOP})\n(?P<bodies>(?:{BODY})+)", f"index (?P<index>{N})\n(?P<path>(?:{HASH}\n)*)"
EXCERPT = f"key {SHOWN}(?P<details>(?:{DETAIL})*){PARTS}"
BALANCE = f'khata/balance-proof@v1\nkey {SHOWN}(?P<leaf>{{"as_on":.+}})\n{PATH}{PARTS}\n{NOTE}'
ENTRY = f"c2sp.org/tlog-proof@v1\nextra (?P<extra>{BYTES})\n{PATH}\n{NOTE}"
SHAPES = (NOTE, ENTRY, BALANCE, f"khata/statement-proof@v1\n{EXCERPT}\n{NOTE}")
def add(p, q):
    (a, b), (c, d), product = p, q, D * p[0] * p[1] * q[0] * q[1]
    return (a * d + b * c) * pow(1 + product, -1, P) % P, (b * d + a * c) * pow(1 - product, -1, P) % P
def is_signed(public, message, signature):
    """Whether a key signed a message (RFC 8032, section 5.1.7, no cofactor); a key of a small order signs nothing."""
    s, (sign, y) = int.from_bytes(signature[32:], "little"), divmod(int.from_bytes(public, "little"), 2**255)
    k = int.from_bytes(sha512(signature[:32] + public + message).digest(), "little") % L
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    roots = (pow(xx, (P + 3) // 8, P) * turn % P for turn in (1, -1, ROOT, -ROOT))
    x = next((root for root in roots if (root * root % P, root % 2) == (xx, sign)), 0)
    found, steps = (0, 1), ((0, 1), BASE, (P - x, y), add(BASE, (P - x, y)))
    for bit in range(252, -1, -1):
        found = add(add(found, found), steps[(s >> bit & 1) + 2 * (k >> bit & 1)])
    same = (found[1] + (found[0] % 2 << 255)).to_bytes(32, "little") == signature[:32]
    return same and s < L and y < P and x * y * (x * x + y * y) % P

def signer(note, key):
    """Who signed a checkpoint with a key, in words; each signature that is said to be of the key must be."""
    name, mark, public, witness = key[:-54], key[-53:-45], b64decode(key[-44:]), key[-44] == "B"
    is_one = sha256(f"{name}\n".encode() + public).hexdigest()[:8] == mark and (witness or name == note["log"])
    assert is_one, f"this is the key of another book, or there is a mistake in it: {key}"
    said = map(b64decode, re.findall(f"— {re.escape(name)} (.+)\n", note["signed"]))
    times = [(int.from_bytes(line[4:-64], "big"), line) for line in said if line[:4].hex() == mark]
    assert times, f"it is not signed with the key {key}"
    for at, line in times:
        text, size = (f"cosignature/v1\ntime {at}\n{note['text']}", 76) if witness else (note["text"], 68)
        assert len(line) == size and is_signed(public[1:], text.encode(), line[-64:]), f"a signature of {name} is false"
    day = datetime.fromtimestamp(max(times)[0], timezone(timedelta(minutes=330))).date()  # as it was in India
    return f"Seen on {day} by the witness {key}" if witness else f"Signed by the shop with the key {key}"

def read(text):
    """What a text says; written in another way, it could say something else to somebody else."""
    value = json.loads(text)
    assert json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")) == text, "it is not canonical"
    return value

def root(hashes, end, parts, first=1):
    """The hash of a part of the tree (RFC 6962): the next one given, where none of the hashes is in it."""
    here = {seq: hashes[seq] for seq in hashes if first <= seq < end}
    if not here or end - first == 1:
        return here[first] if here else b64decode(parts.pop(0))
    cut = first + (1 << (end - first - 1).bit_length() - 1)
    return sha256(b"\1" + root(here, cut, parts, first) + root(here, end, parts, cut)).digest()

def climbed(leaf, index, size, path):
    """The root that a leaf and its path come to: what lies left of it from above, then what lies right from below."""
    right = [at for at in range(len(path)) if (index ^ size - 1) >> at and not index >> at & 1]
    parts = [path[at] for at in reversed(range(len(path))) if at not in right] + [path[at] for at in right]
    found = root({index + 1: leaf}, size + 1, parts)
    assert index < size and not parts, "the path does not fit the tree"
    return found

def told(found, entries):
    """Entries in words, which must all be of one customer, who is declared among them."""
    for seq, salt, quoted in re.findall(DETAIL, found["details"]):
        entry, made = entries[int(seq)], sha256(b"khata-detail-v1\0" + bytes.fromhex(salt) + read(quoted).encode())
        assert made.hexdigest() == entry["data"].get("detail"), f"the words of entry {seq} are not its own"
        entry["name"] = read(read(quoted)).get("name", "")
    cancels = {seq: each["data"]["entry"] for seq, each in entries.items() if each["kind"] == "entry_reversed"}
    whose = {each["data"].get("party") for seq, each in entries.items() if seq not in cancels} - {None}
    added = {each["data"]["party"] for each in entries.values() if each["kind"] == "party_added"}
    assert {*cancels.values()} <= {*entries} and whose == added, "whose the entries are is not shown"
    said = "Entry {}, {on}: {kind}, Rs. {}.{:02} {name}"
    return [said.format(n, *divmod(each["data"].get("amount_paise", 0), 100), **each) for n, each in entries.items()]

def owed(leaf, seal, index, path):
    """A balance in words, if it is among those that an entry has sealed."""
    said, data, size, made = read(leaf), seal["data"], 1 << len(path), sha256(b"\0" + leaf.encode()).digest()
    sealed = (seal["kind"], data["root"], data["leaves"], data["as_on"], said["entry"] <= data["upto"])
    wanted = ("balances_sealed", climbed(made, index, size, path).hex(), size, said["as_on"], True)
    assert sealed == wanted, "the balance is not what was sealed"
    line, paise = "On {as_on} Rs. {}.{:02} were owed {} the shop. The customer is {party}", said["balance_paise"]
    return [line.format(*divmod(abs(paise), 100), "by" if paise < 0 else "to", **said)]

def check(text, keys):
    """What a file shows, line by line."""
    found = next(match.groupdict() for match in (re.fullmatch(shape, text) for shape in SHAPES) if match)
    found |= re.fullmatch(EXCERPT, b64decode(found["extra"]).decode()).groupdict() if "extra" in found else {}
    size, index, facts = int(found["size"]), int(found.get("index", 0)), []
    if "bodies" in found:
        bodies, path, parts = re.findall(".+", found["bodies"]), found.get("path", "").split(), found["parts"].split()
        entries = {read(body)["@seq"]: read(body) | {"name": ""} for body in bodies}
        hashes = {n: sha256(b"\0" + body.encode()).digest() for n, body in zip(entries, bodies)}
        top, made = b64decode(found["root"]), root(hashes, size + 1, parts)
        assert made == top and not parts and max(entries) <= size, "the entries are not of the book that was signed"
        assert "extra" not in found or climbed(hashes[index + 1], index, size, path) == top, "that path is another one"
        facts = owed(found["leaf"], *entries.values(), index, path) if "leaf" in found else told(found, entries)
    own = [found["key"]] if "key" in found and not any(key[-44] == "A" for key in keys) else []
    assert own or keys, "a checkpoint is checked with the shop's key: give that too"
    facts += [signer(found, key) for key in own + keys] + ["The key came with it: ask the shop for its own"] * len(own)
    return [f"The book {found['log']} as it was up to entry {size}:", *facts, "HOLDS"]
if __name__ == "__main__":
    __debug__ or sys.exit("not without assertions: leave -O away")
    try:
        text = (gzip.open if open(sys.argv[1], "rb").read(2) == b"\x1f\x8b" else open)(sys.argv[1], "rb").read(2 << 20)
        answer = check(text.decode(), [re.fullmatch(KEY, each)[0] for each in sys.argv[2:]])
    except Exception as e:  # whatever it is: what cannot be read proves nothing
        answer = [f"DOES NOT HOLD: {e if isinstance(e, AssertionError) else 'the file, or a key, cannot be read'}"]
    printed = ("".join(c if c.isprintable() or c in "\u200c\u200d" else "?" for c in line) + "\n" for line in answer)
    sys.stdout.buffer.write("".join(printed).encode())
    sys.exit(answer[-1] != "HOLDS")
