"""Names of the people of one town, made up: who buys on credit, in families, with namesakes, as a shop writes them."""

from __future__ import annotations

from random import Random  # noqa: TID251 - seeded: the same year in each run
from typing import NamedTuple

MEN = {
    "hindi": "Ramesh Suresh Rajesh Mukesh Dinesh Mahendra Anil Sunil Vinod Pramod Ashok Manoj Sanjay Vijay Deepak",
    "punjab": "Harpreet Gurmeet Jaswinder Kulwant Balbir Manpreet Sukhdev Amarjit Paramjit Ranjit",
    "gujarat": "Bharat Jignesh Hitesh Mehul Nilesh Chirag Kalpesh Ketan Paresh Bhavesh",
    "maharashtra": "Sachin Ganesh Vishal Pravin Nitin Sandip Mahesh Tushar Yogesh Dattatray",
    "bengal": "Subrata Debashish Partha Tapan Sourav Amit Biswajit Prosenjit Arup Kaushik",
    "tamil": "Murugan Senthil Karthik Selvam Arumugam Prakash Venkatesan Saravanan Lakshmanan Balaji",
    "telugu": "Srinivas Venkatesh Nagaraju Ravi Krishna Satish Kiran Prasad Ramana Chandra",
    "kerala": "Biju Shaji Rajan Unni Sajeev Anoop Jose Thomas Sreejith Vinu",
    "muslim": "Imran Salim Irfan Javed Aslam Rafiq Nasir Shahid Wasim Farooq",
    "goa": "Francis Anthony Savio Joseph Peter Lawrence Agnelo Xavier Melwyn Rosario",
}  # fmt: skip
WOMEN = {
    "hindi": "Sunita Anita Geeta Seema Rekha Kiran Pooja Kavita Meena Usha",
    "punjab": "Simran Harjeet Manjit Jasleen Gurpreet",
    "gujarat": "Hansa Jyoti Kokila Daksha Bhavna",
    "maharashtra": "Vaishali Ujwala Sangita Manda Shobha",
    "bengal": "Mousumi Sharmistha Rina Krishna Tumpa",
    "tamil": "Lakshmi Selvi Meenakshi Kamala Revathi",
    "telugu": "Padma Lakshmi Sujatha Swapna Vijaya",
    "kerala": "Sheeba Bindu Latha Sindhu Mini",
    "muslim": "Shabana Nasreen Rukhsana Farida Salma",
    "goa": "Maria Philomena Carmen Rita Lourdes",
}
SURNAMES = {
    "hindi": "Sharma Gupta Verma Yadav Tiwari Mishra Agrawal Choudhary Kumar Saxena",
    "punjab": "Singh Kaur Gill Sandhu Dhillon",
    "gujarat": "Patel Shah Desai Mehta Joshi",
    "maharashtra": "Patil Jadhav Shinde Pawar Kulkarni",
    "bengal": "Das Ghosh Mukherjee Banerjee Saha",
    "tamil": "Subramaniam Natarajan Pillai Raman Narayanan",
    "telugu": "Reddy Rao Naidu Raju Chowdary",
    "kerala": "Nair Menon Varghese Kurian Pillai",
    "muslim": "Khan Ansari Sheikh Qureshi Siddiqui",
    "goa": "Fernandes Dsouza Pereira Rodrigues Lobo",
}
FAMILIES = (("hindi", "Sharma"), ("hindi", "Gupta"), ("gujarat", "Patel"), ("maharashtra", "Patil"),
            ("punjab", "Singh"), ("muslim", "Khan"), ("telugu", "Reddy"), ("bengal", "Das"),
            ("hindi", "Kumar"))  # fmt: skip

# As the shop writes them, and the person's full name. Two or three lines that belong together are the namesakes.
NAMESAKES = (
    ("Ramesh Kumar", "Ramesh Kumar"), ("Ramesh Kumar (Sector 4)", "Ramesh Kumar"), ("Ramesh Kumaar", "Ramesh Kumar"),
    ("Sunita Devi", "Sunita Devi"), ("Sunita Devi (Gali 3)", "Sunita Devi"),
    ("Mohammed Irfan", "Mohammed Irfan"), ("Mohd Irfan (tyre)", "Mohammed Irfan"),
    ("Anil Sharma", "Anil Sharma"), ("Anil Kumar Sharma", "Anil Kumar Sharma"),
    ("Lakshmi Narayanan", "Lakshmi Narayanan"), ("Lakshmi Narayani", "Lakshmi Narayani"),
    ("Suresh Patil", "Suresh Patil"), ("Suresh Patil (dairy)", "Suresh Patil"),
)  # fmt: skip
NICKNAMES = (
    ("Pinku (milk)", "Pankaj Yadav"), ("Guddu", "Rakesh Tiwari"), ("Doctor sahab", "Alok Mukherjee"),
    ("Sharma ji", "Vinod Sharma"), ("Verma Aunty", "Kusum Verma"), ("Chintu ki mummy", "Babita Saxena"),
    ("Bade bhaiya", "Om Prakash Mishra"), ("Master ji", "Ram Naresh Pandey"), ("Raju electrician", "Rajendra Shinde"),
    ("Flat 302", "Meera Kulkarni"),
)  # fmt: skip
BUSINESSES = (
    ("Annapurna Mess", "Raghav Shetty"), ("Gupta Tea Stall", "Kishan Gupta"), ("Lucky Tailors", "Mohammed Yusuf"),
    ("New Bombay Hair Salon", "Shankar Nai"), ("Sai Xerox", "Pradip More"), ("Hotel Shanthi", "Gopal Bhat"),
    ("Balaji Caterers", "Nandu Rathod"), ("Shree Ganesh Sweets", "Ghanshyam Halwai"),
)  # fmt: skip
SCRIPTS = (
    ("सुनीता यादव", "Sunita Yadav"), ("रामलाल मीणा", "Ramlal Meena"), ("ગીતાબેન પરમાર", "Gitaben Parmar"),
    ("किशोर पाटील", "Kishor Patil"), ("முத்துலட்சுமி", "Muthulakshmi"), ("ராஜேந்திரன்", "Rajendran"),
    ("శ్రీదేవి", "Sridevi"), ("ಮಂಜುನಾಥ", "Manjunath"), ("ਬਲਵਿੰਦਰ ਸਿੰਘ", "Balwinder Singh"),
    ("রতন মন্ডল", "Ratan Mondal"),
)  # fmt: skip
HONOURED = ("bhai", "ji", "didi", "uncle")
TAGS = ("(Gali 5)", "(school)", "(office)", "(naya)", "(2nd floor)")


class Regular(NamedTuple):
    """Somebody who buys on credit: as the shop writes the name, the full name, and what else the book has of them."""

    name: str
    latin: str
    phone: str | None
    phone_in_book: bool
    aliases: tuple[str, ...]
    kind: str


class Townsfolk:
    """Hands out names, each of them once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken = {latin for _, latin in (*NAMESAKES, *NICKNAMES, *BUSINESSES, *SCRIPTS)}
        self._phones: set[str] = set()

    def person(self, region: str = "", surname: str = "") -> str:
        """The full name of somebody whom nobody has met yet."""
        while True:
            place = region or self._rng.choice(list(SURNAMES))
            first = self._rng.choice((MEN if self._rng.randrange(10) < 7 else WOMEN)[place].split())
            name = f"{first} {surname or self._rng.choice(SURNAMES[place].split())}"
            if name not in self._taken:
                self._taken.add(name)
                return name

    def relative(self, latin: str) -> str:
        """Somebody of the same surname."""
        last = latin.rsplit(maxsplit=1)[-1]
        region = next((each for each, found in SURNAMES.items() if last in found.split()), "hindi")
        for _ in range(40):
            first = self._rng.choice(WOMEN[region].split() + MEN[region].split())
            if f"{first} {last}" not in self._taken:
                self._taken.add(f"{first} {last}")
                return f"{first} {last}"
        return self.person()

    def phone(self) -> str:
        """A number of ten digits."""
        while (made := str(self._rng.choice("6789")) + f"{self._rng.randrange(10**9):09d}") in self._phones:
            pass
        self._phones.add(made)
        return made


def regulars(rng: Random, town: Townsfolk, count: int) -> list[Regular]:
    """The customers of a shop, the hard ones among them."""
    found = [_regular(rng, town, name, latin, "namesake") for name, latin in NAMESAKES]
    found += [_regular(rng, town, name, latin, "nickname") for name, latin in NICKNAMES]
    found += [_regular(rng, town, name, latin, "business") for name, latin in BUSINESSES]
    found += [_regular(rng, town, name, latin, "script") for name, latin in SCRIPTS]
    for region, surname in FAMILIES:
        for _ in range(4):
            latin = town.person(region, surname)
            found.append(_regular(rng, town, latin, latin, "family"))
    while len(found) < count:
        latin = town.person()
        found.append(_regular(rng, town, _as_written(rng, latin), latin, "plain"))
    written: set[str] = set()
    for place, each in enumerate(found):
        name = each.name if each.name not in written else each.latin
        written.add(name)
        found[place] = each._replace(name=name)
    return found


def _regular(rng: Random, town: Townsfolk, name: str, latin: str, kind: str) -> Regular:
    has = rng.randrange(10) < 7
    aliases = (latin,) if kind in ("nickname", "script") and rng.randrange(10) < 3 else ()
    return Regular(name, latin, town.phone() if has else None, has and rng.randrange(10) < 5, aliases, kind)


def _as_written(rng: Random, latin: str) -> str:
    first, last = latin.split()
    chance = rng.randrange(100)
    if chance < 5:
        return f"{first} {rng.choice(HONOURED)}"
    if chance < 9:
        return f"{latin} {rng.choice(TAGS)}"
    if chance < 12:
        return f"{first[0]}. {last}"
    if chance < 14:
        return f"{last} {first}"
    return latin
