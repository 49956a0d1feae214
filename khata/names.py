"""The keys under which a party is found: its exact name in any case, and how it sounds in any Indian script.

`exact_key` decides; `sound_key` and `NameIndex` only offer. What is written to the book is never found by sound.
Whom a question is about is heard more closely: `sounds.py`.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from unicodedata import category, normalize

LONGEST = 5_000
"""Characters of a text that are looked at: no name has so many, and some ways of comparing take their square."""

_COMPARED = 200
_JOINERS = {0x200C: None, 0x200D: None}

# The Unicode blocks of the scripts of ISCII run parallel: the same letter stands at the same offset.
_BLOCKS = {
    0x0900: "deva",
    0x0980: "beng",
    0x0A00: "guru",
    0x0A80: "gujr",
    0x0B00: "orya",
    0x0B80: "taml",
    0x0C00: "telu",
    0x0C80: "knda",
    0x0D00: "mlym",
}
_FROM_KA = "k kh g gh n ch ch j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h"
_CONSONANTS = dict(enumerate(_FROM_KA.split(), start=0x15))
_VOWELS = {
    offset: vowel
    for vowels, first in (("a a i i u u ri li e e e ai o o o au", 0x05), ("a i i u u ri ri e e e ai o o o au", 0x3E))
    for offset, vowel in enumerate(vowels.split(), start=first)
}
_FIRST_MATRA = 0x3E
_NUKTA, _VIRAMA, _CANDRABINDU, _ANUSVARA, _TIPPI = 0x3C, 0x4D, 0x01, 0x02, 0x70
# NFC takes these letters apart into one with a nukta.
_WITH_NUKTA = {0x1C: "z", 0x21: "D", 0x22: "r", 0x2B: "f", 0x2F: "y"}
_TAMIL_CA, _TAMIL_NYA = 0x1A, 0x1E
_TAMIL = {0x15: "K", 0x1F: "T", 0x24: "T", 0x2A: "P"}
_TAMIL_SHORT = {0x3F: "I", 0x41: "U"}
_VOCALIC_R = (0x0B, 0x43)
# Letters that stand for several sounds are large, until somebody wants to know which: `sounds.py`.
_PLAIN = str.maketrans(
    {"K": "k", "T": "t", "P": "p", "C": "s", "J": "j", "D": "r", "I": "i", "U": "u", "O": "a", "X": "i"}
    | {"W": "o", "Y": "y", "A": "a", "V": None, "L": None, "M": None}
)
# Where a script leaves the layout.
_OTHERWISE = {
    ("deva", 0x50): "om",
    ("gujr", 0x50): "om",
    ("taml", 0x50): "om",
    ("beng", 0x4E): "t",
    ("beng", 0x70): "r",
    ("beng", 0x71): "v",
    ("orya", 0x5F): "y",
    ("orya", 0x71): "v",
    ("guru", 0x5C): "D",
    ("mlym", 0x7A): "n",
    ("mlym", 0x7B): "n",
    ("mlym", 0x7C): "r",
    ("mlym", 0x7D): "l",
    ("mlym", 0x7E): "l",
    ("mlym", 0x7F): "k",
}
# Letters that carry no vowel of their own: the chillus of Malayalam, Bengali's khanda ta, Om.
_BARE = frozenset(key for key in _OTHERWISE if key[0] == "mlym" or key[1] in (0x4E, 0x50))
_SOUTHERN = ("telu", "knda", "mlym")
_FINAL_A = ("telu", "knda", "mlym", "taml", "orya")
_DIGITS = range(0x66, 0x70)

_URDU_LETTERS = "ابپتٹثجچحخدڈذرڑزژسشصضطظعغفقکكگلمنںوهھہۃةیيىےئؤآأ"
_URDU_SOUNDS = "A b p t t s j ch H kh d d z r D z z s sh s z t z A gh f k k k g l m n n w H h H H H Y Y Y e Y o a A"
_URDU = dict(zip(_URDU_LETTERS, _URDU_SOUNDS.split(), strict=True))

_REPEATED = r"([^0-9])\1+"
# In order; each looks at what the ones before it left.
_SOUNDS = (
    ("x", "ks"),
    ("zh", "l"),  # Tamil and Malayalam ழ: Azhagu, Kozhikode
    ("[jd]ny", "gy"),  # ज्ञ: Gyan, Dnyan
    ("^jn", "gy"),
    ("nh$", "ng"),  # Sinh and Singh are one name, Sinha is another
    ("t?ch", "C"),
    ("ck", "k"),
    ("(?<=[bcCdfgjklmnpqrstvwz])h", ""),
    ("[cgq]", "k"),
    ("d", "t"),
    ("[bf]", "p"),
    ("w", "v"),
    ("z|^y", "j"),  # Yogesh and Jogesh, Yadav and Jadav
    ("C", "c"),
    (_REPEATED, r"\1"),  # what the merging made equal: Siddharth, Sidharth
    ("^[aeiou]", "A"),
    ("[aeiouy]", ""),
    ("m(?=p)", "n"),  # Shambhu: an anusvara in one script, m or n in another
    ("A", "a"),
)


@cache
def _sounds() -> list[tuple[re.Pattern[str], str]]:
    # Compiled when first heard: a sale to an exact name never needs them, and start-up would feel them.
    return [(re.compile(pattern), by) for pattern, by in _SOUNDS]


def exact_key(text: str) -> str:
    """The name without its case, its compatibility forms, its joiners and its blanks. Idempotent.

    >>> exact_key("  RAMESH   Kumar")
    'ramesh kumar'
    """
    text = text[:LONGEST]
    if text.isascii():
        return " ".join(text.lower().split())
    key = text.translate(_JOINERS)
    # Folding can undo the normal form, and the normal form the folding.
    while (again := normalize("NFKC", normalize("NFKC", key).casefold())) != key:
        key = again
    return " ".join(key.split())


def words(text: str) -> list[str]:
    """The words of the exact key.

    >>> words("Ramesh  KUMAR")
    ['ramesh', 'kumar']
    """
    return exact_key(text).split()


def sound_key(text: str) -> str:
    """How a name sounds, word by word: a skeleton of its consonants, one for all Indian scripts, Latin and Urdu.

    Vowels go, but whether a word begins with one stays. Merged are aspirates with their plain letters, sh and s,
    v and w, z and j (and y where a word begins), f and p, c, k and q. **Voiced and voiceless** are merged too
    (k g, t d, p b) in every script: Tamil has one letter for both, and a key that is only ever offered may rather
    be too loose than miss. An anusvara is n; m before p or b is n as well, so that both spellings of a nasal before
    a consonant agree (it is kept: Chand is not Chad). Words of nothing but signs have no sound.

    >>> sound_key("Ramesh"), sound_key("रमेश"), sound_key("ரமேஷ்"), sound_key("Suresh")
    ('rms', 'rms', 'rms', 'srs')
    """
    return _sound(_heard(words(text)))


def romanised(text: str) -> str:
    """A name in small Latin letters as it sounds; of a script that is not known, its own letters.

    >>> romanised("रमेश कुमार"), romanised("Ramesh-Kumar")
    ('ramesh kumar', 'rameshkumar')
    """
    return " ".join(_heard(words(text)))


def nearest(text: str, names: Sequence[str], limit: int = 3) -> list[int]:
    """The places in `names` of those most like the text, best first: same sound, then beginnings, then similar.

    >>> nearest("ramsh", ["Suresh", "Mahesh Gupta", "Ramesh Kumar", "रमेश"])
    [3, 2]
    """
    return NameIndex(names).nearest(text, limit)


class NameIndex:
    """Names made ready to be searched often: 1,000 unknown names against 10,000 known ones in about a second."""

    __slots__ = ("_beginnings", "_by_sound", "_by_sound_word", "_by_typo", "_by_word", "_exact", "_loose", "_sizes")

    def __init__(self, names: Iterable[str]) -> None:
        self._exact = [exact_key(name)[:_COMPARED] for name in names]
        self._loose: list[str] = []
        self._sizes: list[int] = []
        self._by_sound: dict[str, list[int]] = {}
        self._by_sound_word: dict[str, list[int]] = {}
        self._by_word: dict[str, list[int]] = {}
        self._by_typo: dict[str, list[int]] = {}
        self._beginnings: list[tuple[str, int]] = []
        for place, key in enumerate(self._exact):
            self._hear(place, key)
        self._beginnings.sort()

    def _hear(self, place: int, key: str) -> None:
        romanised = _heard(key.split())
        self._loose.append(" ".join(romanised))
        sound = _sound(romanised)
        self._by_sound.setdefault(sound, []).append(place)
        for part in set(sound.split()):
            self._by_sound_word.setdefault(part, []).append(place)
        for start in range(len(romanised)):
            self._beginnings.append((" ".join(romanised[start:]), place))

    def _spell(self) -> None:
        """What only `resembling` asks for: with it an index is four times as large."""
        for place, key in enumerate(self._exact):
            distinct = set(key.split())
            self._sizes.append(len(distinct))
            for part in distinct:
                self._by_word.setdefault(part, []).append(place)
            for form in _typos(key):
                self._by_typo.setdefault(form, []).append(place)

    def nearest(self, text: str, limit: int = 3) -> list[int]:
        """The places of the names most like the text, best first; nothing where nothing is like it."""
        from rapidfuzz import fuzz, process

        key = exact_key(text)[:_COMPARED]
        romanised = _heard(key.split())
        loose, sound = " ".join(romanised), _sound(romanised)
        if not sound or limit < 1:
            return []
        alike = self._by_sound.get(sound, [])
        found = dict.fromkeys(sorted(alike, key=lambda place: -fuzz.ratio(loose, self._loose[place])))
        found.update(dict.fromkeys(self._beginning(loose, limit)))
        if len(found) < limit:
            found.update(dict.fromkeys(self._sounding(sound)))
        for scorer in (fuzz.ratio, fuzz.WRatio):
            if len(found) < limit:
                near = process.extract(loose, self._loose, scorer=scorer, limit=limit, score_cutoff=70)
                found.update(dict.fromkeys(place for _, _, place in near))
        return list(found)[:limit]

    def resembling(self, text: str) -> list[int]:
        """The places of the names of which one would ask: is it the same person?

        Those of the same sound; those of which all words are among the text's, or the other way round; those one
        typo away (a letter more, less, other, or two exchanged) where the shorter has at least four. Numbers are
        never a typo: `Flat 12` and `Flat 13` are two customers. Whom a name resembles resembles it.
        """
        if len(self._sizes) < len(self._exact):
            self._spell()
        key = exact_key(text)[:_COMPARED]
        parts = key.split()
        sound = _sound(_heard(parts))
        found = set(self._by_sound.get(sound, ())) if sound else set()
        found.update(self._contained(set(parts)))
        for form in _typos(key):
            for place in self._by_typo.get(form, ()):
                if place not in found and _one_typo(key, self._exact[place]):
                    found.add(place)
        return sorted(found)

    def _beginning(self, loose: str, limit: int) -> list[int]:
        places: dict[int, None] = {}
        for begins, place in self._beginnings[bisect_left(self._beginnings, (loose, -1)) :]:
            if not begins.startswith(loose) or len(places) == limit:
                break
            places[place] = None
        return list(places)

    def _sounding(self, sound: str) -> list[int]:
        """Those in which every word of the text is heard: `ramsh` in Ramesh Kumar."""
        return sorted(set.intersection(*(set(self._by_sound_word.get(part, ())) for part in sound.split())))

    def _contained(self, parts: set[str]) -> set[int]:
        hits: dict[int, int] = {}
        for part in parts:
            for place in self._by_word.get(part, ()):
                hits[place] = hits.get(place, 0) + 1
        return {place for place, count in hits.items() if count in (len(parts), self._sizes[place])}


def _heard(parts: Iterable[str]) -> list[str]:
    return list(filter(None, map(_romanised, parts)))


def _sound(romanised: Iterable[str]) -> str:
    return " ".join(map(_skeleton, romanised))


def _skeleton(word: str) -> str:
    for pattern, by in _sounds():
        word = pattern.sub(by, word)
    return word


def _romanised(word: str) -> str:
    """A word of an exact key in small Latin letters, signs dropped, doubled letters as one."""
    return re.sub(_REPEATED, r"\1", read_letters(word).translate(_PLAIN))


def read_letters(word: str) -> str:
    """A word of an exact key in Latin letters, signs dropped; a large letter is one that may be several.

    K, T, P, C, J: a letter of Tamil, voiced or not. I, U: a short vowel of Tamil. D: ड़. X: the vowel of ऋ. M: a nasal
    at the end. O: the vowel that a letter of Bengali has of its own. L: such a vowel at the end, in the south. Of Urdu
    A: its first letter, W: و, Y: ی, and V: where a vowel may be that is not written.

    >>> read_letters("மோகன்"), read_letters("سریش")
    ('moKan', 'sVrVYsh')
    """
    return "".join(filter(str.isalnum, word) if word.isascii() else _letters(word))


def _letters(word: str) -> Iterable[str]:
    place = 0
    while place < len(word):
        character = word[place]
        script = _BLOCKS.get(ord(character) & ~0x7F)
        if script is not None:
            sound, place = _indic(word, place, script)
            yield sound
            continue
        if character in _URDU:
            yield _urdu(word, place)
        else:
            yield from (part for part in normalize("NFKD", character) if category(part)[0] in "LN")
        place += 1


def _indic(word: str, place: int, script: str) -> tuple[str, int]:
    """The sound of the letter at a place with its nukta and its inherent vowel, and the place after it."""
    offset = ord(word[place]) & 0x7F
    place += 1
    sound = _OTHERWISE.get((script, offset)) or _CONSONANTS.get(offset)
    if sound is None or (script, offset) in _BARE:
        return sound or _sign(offset, script, last=place == len(word)), place
    follows = _offset(word, place, script)
    if follows == _NUKTA:
        sound = _WITH_NUKTA.get(offset, sound)
        place += 1
        follows = _offset(word, place, script)
    if script == "taml":
        sound = _tamil_ca(word, place - 1) if offset == _TAMIL_CA else _TAMIL.get(offset, sound)
    if follows == _VIRAMA:
        return sound, place + 1
    inherent = "O" if script == "beng" else "a"
    # The inherent vowel at a word's end is written in no Latin spelling of the north; here it only has to agree.
    if place == len(word):
        return sound + ("L" if script in _FINAL_A else ""), place
    return sound + ("" if _FIRST_MATRA <= follows < _VIRAMA else inherent), place


def _tamil_ca(word: str, place: int) -> str:
    """Tamil ச: `j` after ஞ், as in Sanjay, `ch` when doubled, as in Pachai, else `s`, as in Suresh."""
    before = _offset(word, place - 2, "taml") if _offset(word, place - 1, "taml") == _VIRAMA else -1
    if before == _TAMIL_NYA:
        return "J"
    if _offset(word, place + 1, "taml") == _VIRAMA and _offset(word, place + 2, "taml") == _TAMIL_CA:
        return ""
    return "ch" if before == _TAMIL_CA else "C"


def _sign(offset: int, script: str, *, last: bool) -> str:
    if offset in (_CANDRABINDU, _ANUSVARA, _TIPPI):
        if not last:
            return "n"
        # At a word's end it is m in the south, ng in the east, and in the north a vowel through the nose.
        return "m" if script in _SOUTHERN else "ng" if script in ("beng", "orya") and offset == _ANUSVARA else "M"
    if offset in _DIGITS:
        return str(offset - _DIGITS.start)
    if script == "taml" and offset in _TAMIL_SHORT:
        return _TAMIL_SHORT[offset]
    return "rX" if offset in _VOCALIC_R else _VOWELS.get(offset, "")


def _offset(word: str, place: int, script: str) -> int:
    if 0 <= place < len(word) and _BLOCKS.get(ord(word[place]) & ~0x7F) == script:
        return ord(word[place]) & 0x7F
    return -1


def _urdu(word: str, place: int) -> str:
    """Urdu writes few vowels: where a letter is both, it is a consonant at the beginning of a word only."""
    sound = _URDU[word[place]]
    first, last = place == 0, place == len(word) - 1
    if sound == "A":
        return "A" if first else "a"
    if sound == "Y":
        return "y" if first else "Y"
    if sound == "w":
        return "v" if first else "W"
    if sound == "H":
        sound = "h" if first or word[place - 1] in "اوی" else "a" if last else "ah"
    if word[place] == "ں" and last:
        return "M"
    bare = last or sound in ("a", "e", "o") or word[place + 1] == "ھ"
    return sound if bare else sound + "V"


def _typos(key: str) -> set[str]:
    """The key and what is left of it without any one letter: two names a typo apart have one of these in common."""
    if len(key) < 3:
        return set()
    return {key, *(key[:at] + key[at + 1 :] for at in range(len(key)))}


def _one_typo(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 4:
        return False
    most = min(len(one), len(other))
    start = 0
    while start < most and one[start] == other[start]:
        start += 1
    end = 0
    while end < most - start and one[-1 - end] == other[-1 - end]:
        end += 1
    left, right = one[start : len(one) - end], other[start : len(other) - end]
    if any(map(str.isdigit, left + right)):
        return False
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])
