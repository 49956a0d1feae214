"""Whether two names are one, spelt in two ways or in two scripts: for questions, which answer with what they find.

A word is heard as a row of sounds, each of which may be several, or none: a letter of Tamil is voiced or not, Urdu
leaves vowels out. `keys` says where to look for a name: whoever is `alike` has a key in common. Long and short a, and
the vowel that is not written, are never heard. What stays apart and why is in decision 45.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import product

from khata import names

_LONGEST = 300
"""Letters of a name that is heard; whoever has more of them is asked for as he is written."""
_AMBIGUOUS = 5
"""Sounds of a word that a key tells apart; of further ones it takes the first."""

_V = "aeiouAEIOUVWXYŸôïéèë"
# What is written as it sounds in all scripts but Latin, where it is spelt as English has it.
_SPELT = {
    "agency": "ejensi",
    "bunty": "banti",
    "lucky": "laki",
    "sunny": "sani",
    "brothers": "bradars",
    "general": "janral",
    "traders": "tredars",
    "trading": "treding",
    "stores": "stors",
    "md": "mohamad",
    "mohd": "mohamad",
}
# What must be there, what is looked for, and what it becomes. In order; each looks at what the ones before it left.
_HEARD = (
    ("dutt", "^dutt", "datt"),
    ("mond", "^mond", "mand"),
    ("lux", "^lux", "laks"),
    ("ch", "^ch(?:au|ou|ow|o)dh?[au]?r", "chaudr"),  # Chaudhary, Choudhury
    ("mahet", "^mahet", "meht"),  # મહેતા
    ("brahm", "brahm", "bram"),
    ("qu", "qu(?=[ei])", "k"),
    ("kr", "^kr[iu]sh?(?=n)", "krXs"),  # Krishna, in the west Krushna
    ("e", "(?<=[ou])(sh?|r)e$", r"\1"),  # Ghose, Rathore
    ("uva", "uva$", "ua"),  # বৰুৱা
    ("Y", "Y$", "Ÿ"),
    ("ew", "ew$", "yu"),
    ("x", "x", "ks"),
    ("lVlVa", "lVlVa$", "la"),  # اللہ
    ("TC", "TC", "ks"),  # லட்சுமி
    ("U", "^([^aeiouIU]*)U", r"\1u"),  # what Tamil puts between two consonants is never a word's first vowel
    ("I", "I(?!r)", "i"),
    ("U", "(?<=[^KTPCJ])U$", "u"),
    ("rU", "rU", "rX"),
    ("zh", "zh", "l"),
    ("n", "[jdg]ny|(?<!n)jn(?=[aeO]|$)", "gZ"),  # ज्ञ: Gyan, Dnyan, Yagnesh
    ("h", "nhL?$|mha?$", "ng"),  # Sinh, Simha and Singh are one name, Sinha is another
    ("chr", "chr", "kr"),
    ("ch", "t?chh?", "C!"),
    ("", "[cq]", "k"),
    ("C!", "C!", "c"),
    ("sh", "sh", "s"),
    ("ph", "ph", "F"),
    ("bh", "bh", "B"),
    ("h", "(?<=[cdgjkptDKPT])h", ""),
    ("h", "(?<=[lmnrsvwz])h", "H"),
    ("z", "z", "j"),
    ("ee", "ee", "i"),
    ("oo", "oo", "u"),
    ("", r"([^0-9aeiou])\1$", r"\1ă"),  # Dutt, दत्त
    ("", r"([^0-9])\1+", r"\1"),
    ("ah", f"(?<=[{_V}][^{_V}])ah$|(?<=u)ah$", "a"),  # Abdullah
    ("awu", "aw(?=u)", "a"),
    ("y", f"(?<!^)[aoO]y(?![eiu])|ao?y$|(?<!^)ay(?=[{_V}])", "ë"),
    ("", "ayi|ai|ei|ey|oi", "è"),
    ("av", "av(?:a|[uU])?$", "µ"),
    ("", f"au|ou|ao$|(?:ow|aw)(?![{_V}])", "ô"),
    ("ie", "ie$", "i"),
    ("o", "^o(?=..)", "ô"),
    ("e", "^e(?=..)", "ï"),
    ("n", "[ei](?=n[dT][ae]?r)", "ï"),
    ("ed", f"(?<=[^{_V}])e(?=d$)", "ẽ"),
    ("e", f"(?<=[^{_V}])e(?=[rfF]$)", "é"),
    ("erj", "e(?=rj)", "é"),
    ("B", "B$", "b"),
    ("h", "[ou](?=h)", "ô"),
    ("h", "(?<!^)[ae](?=h)", "é"),
    ("", "[mn](?=[pbfvwFBP])", "N"),
    ("y", f"(?<=^[^{_V}])y", "ŷ"),
    ("y", f"(?<=[^{_V}])y", "ỹ"),
    ("h", "h$", "H"),
    ("a", f"(?<=[{_V}])a$|(?<=[{_V}][^{_V}ỹ])a$", "@"),
    ("a", "(?<=.[^0-9])a$", "ă"),
    ("a", "(?<!^)a", ""),
)
_SEVERAL = {
    "w": "v",
    "b": "bv",
    "B": "b",
    "F": "pf",
    "K": "kgh",
    "T": "td",
    "P": "pbf",
    "C": "scj",
    "J": "jc",
    "D": "rd",
    "N": "nm",
    "H": "-h",
    "I": "-i",
    "U": "-u",
    "X": "-iu",
    "O": "-o",
    "V": "-iueo",
    "W": "vuo",
    "Y": "-ieEy",
    "Ÿ": "ieE",
    "A": "aiueo",
    "Z": "-nyi",
    "y": "-y",
    "ŷ": "-y",
    "ỹ": "iy",
    "ë": "E",
    "è": "eE",
    "é": "-e",
    "ẽ": "-ei",
    "ï": "ei",
    "ô": "ou",
    "µ": "vou",
    "ă": "-@",
    "L": "-@",
    "M": "-n",
}
_FIRST = {"K": "kg", "y": "yj"}
"""The sounds of a letter with which a word begins; none of them is none."""
_CLASS = dict(zip("pbfvtdkgscjmnlr", "ppppttkksssnnlr", strict=True)) | {digit: digit for digit in "0123456789"}
_VOWELS = frozenset("aeiouE@")


@cache
def _heard() -> list[tuple[str, re.Pattern[str], str]]:
    # Compiled when first heard: a sale to an exact name never needs them, and start-up would feel them.
    return [(needed, re.compile(pattern), by) for needed, pattern, by in _HEARD]


@lru_cache(maxsize=1 << 14)
def _sounds(letters: str) -> tuple[str, ...]:
    """What is heard, one after the other: the sounds that each may be, `-` for none."""
    if len(letters) > _LONGEST:
        return ()
    letters = _SPELT.get(letters, letters)
    for needed, pattern, by in _heard():
        if needed in letters:
            letters = pattern.sub(by, letters)
    if not letters:
        return ()
    first = _FIRST.get(letters[0]) or _SEVERAL.get(letters[0], letters[0]).replace("-", "") or letters[0]
    return (first, *(_SEVERAL.get(letter, letter) for letter in letters[1:]))


def keys(text: str) -> set[str]:
    """Under what a name is looked for: it as one word, and each of its words. Nothing where nothing is heard.

    >>> sorted(keys("Ramesh")), sorted(keys("रमेश कुमार"))
    (['rns'], ['knr', 'rns', 'rnsknr'])
    """
    words = _words(text)
    return {key for word in {"".join(words), *words} for key in _keys(_sounds(word))} - {""}


def keys_of_words(text: str) -> tuple[set[str], list[set[str]]]:
    """The keys of a text as one word, and those of each of its words."""
    words = _words(text)
    return set(_keys(_sounds("".join(words)))) - {""}, [set(_keys(_sounds(word))) for word in words]


def alike(one: str, other: str) -> bool:
    """Whether two whole names are one.

    >>> alike("Laxmi", "லட்சுமி"), alike("Ram Kumar", "रामकुमार"), alike("Asha", "Usha")
    (True, True, False)
    """
    ours, theirs = _words(one), _words(other)
    if not ours or not theirs:
        return False
    if len(ours) == len(theirs) and all(map(_same, ours, theirs)):
        return True
    return _same("".join(ours), "".join(theirs))


def among(text: str, name: str) -> bool:
    """Whether every word of a text is a word of a name, each another one.

    >>> among("கணேஷ்", "Shree Ganesh Traders"), among("Ganesh Ganesh", "Shree Ganesh Traders")
    (True, False)
    """
    left = list(_words(name))
    for word in _words(text):
        found = next((place for place, each in enumerate(left) if _same(word, each)), None)
        if found is None:
            return False
        del left[found]
    return bool(_words(text))


@lru_cache(maxsize=1 << 10)
def _words(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(names.read_letters, names.words(text))))


@lru_cache(maxsize=1 << 14)
def _same(one: str, other: str) -> bool:
    return one == other or _agree(_sounds(one), _sounds(other))


def _agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two rows of sounds can be read as one."""
    if not one or not other or not set(one[0]) & set(other[0]):
        return False
    reached = {0}  # how much of `other` may have been heard
    for place, sounds in enumerate(("", *one)):
        if place:
            stays = reached if "-" in sounds else set()
            reached = stays | {at + 1 for at in reached if at < len(other) and _share(sounds, other[at])}
        for at in range(len(other)):
            if at in reached and "-" in other[at]:
                reached.add(at + 1)
        if not reached:
            return False
    return len(other) in reached


def _share(sounds: str, others: str) -> bool:
    return any(sound in others for sound in sounds if sound != "-")


def _keys(sounds: Sequence[str]) -> Iterable[str]:
    """The consonants that may be heard, those of one place of the mouth as one, and whether a vowel begins."""
    kinds = [sorted({_class(sound, place) for sound in each}, reverse=True) for place, each in enumerate(sounds)]
    several = [place for place, kind in enumerate(kinds) if len(kind) > 1]
    for place in several[_AMBIGUOUS:]:
        del kinds[place][1:]
    return map("".join, product(*kinds))


def _class(sound: str, place: int) -> str:
    if sound in _VOWELS:
        return "" if place else "a"
    return _CLASS.get(sound, "" if place and sound in "-hy" else sound)
