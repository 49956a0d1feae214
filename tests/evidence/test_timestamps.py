"""The time by an authority that keeps it: the whole loop, with one made at home by openssl; nothing is sent."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from khata.evidence import timestamps
from tests.evidence.workshop import Workshop

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")

CONFIG = """
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/{name}.pem
certs = $dir/{name}.pem
signer_key = $dir/{name}.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """An authority of time, whose certificate is its own."""

    def __init__(self, folder: Path, name: str = "time") -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.name, self.certificate = folder, name, folder / f"{name}.pem"
        (folder / "serial").write_text("01\n")
        (folder / f"{name}.cnf").write_text(CONFIG.format(folder=folder, name=name))
        self._run(
            *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9"),
            *("-subj", f"/CN={name} of Pune", "-addext", "extendedKeyUsage=critical,timeStamping"),
            *("-keyout", str(folder / f"{name}.key"), "-out", str(self.certificate)),
        )

    def _run(self, *words: str) -> None:
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    def answer(self, asked: str, to: str) -> None:
        config = str(self.folder / f"{self.name}.cnf")
        self._run("ts", "-reply", "-config", config, "-section", "here", "-queryfile", asked, "-out", to)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


def test_a_checkpoint_is_stamped_and_verification_says_so(workshop: Workshop, authority: Authority) -> None:
    asked, answer = workshop.file("ask.tsq"), workshop.file("answer.tsr")
    workshop.well(workshop.shop, "timestamp", "request", "-o", asked)
    authority.answer(asked, answer)
    said = workshop.shop("timestamp", "add", answer, "--ca", str(authority.certificate), "--json").data
    assert (said["size"], said["authority"]) == (8, "/CN=time of Pune")
    workshop.well(workshop.shop, "sale", "ramesh", "1")
    verdict = workshop.shop("verify", "--json").data
    assert verdict["timestamp"] == said
    assert "entries up to 8 · there on: " in workshop.shop("verify").out


def test_openssl_alone_checks_the_same(workshop: Workshop, authority: Authority) -> None:
    asked, answer, file = workshop.file("ask.tsq"), workshop.file("answer.tsr"), workshop.file("8.checkpoint")
    workshop.well(workshop.shop, "timestamp", "request", "-o", asked)
    authority.answer(asked, answer)
    workshop.well(workshop.shop, "checkpoint", "-o", file)
    lines = Path(file).read_text(encoding="utf-8").splitlines(keepends=True)[:3]
    Path(workshop.file("three lines")).write_text("".join(lines), encoding="utf-8")
    words = ["-data", workshop.file("three lines"), "-in", answer, "-CAfile", str(authority.certificate)]
    done = subprocess.run(["openssl", "ts", "-verify", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done


def test_an_answer_that_somebody_else_signed_is_refused(
    workshop: Workshop, authority: Authority, tmp_path: Path
) -> None:
    asked, answer = workshop.file("ask.tsq"), workshop.file("answer.tsr")
    workshop.well(workshop.shop, "timestamp", "request", "-o", asked)
    authority.answer(asked, answer)
    other = Authority(tmp_path / "other", "other")
    refused = workshop.shop("timestamp", "add", answer, "--ca", str(other.certificate), "--json")
    assert refused.refused == "timestamp_refused"
    assert workshop.shop("verify", "--json").data["timestamp"] is None


def test_an_answer_about_another_checkpoint_is_refused(workshop: Workshop, authority: Authority) -> None:
    asked, answer = workshop.file("ask.tsq"), workshop.file("answer.tsr")
    workshop.well(workshop.customer, "init", "Another")
    workshop.well(workshop.customer, "timestamp", "request", "-o", asked)
    authority.answer(asked, answer)
    refused = workshop.shop("timestamp", "add", answer, "--ca", str(authority.certificate), "--json")
    assert refused.refused == "timestamp_refused"


def test_one_that_was_damaged_later_says_nothing(workshop: Workshop, authority: Authority) -> None:
    asked, answer = workshop.file("ask.tsq"), workshop.file("answer.tsr")
    workshop.well(workshop.shop, "timestamp", "request", "-o", asked)
    authority.answer(asked, answer)
    workshop.well(workshop.shop, "timestamp", "add", answer, "--ca", str(authority.certificate))
    (kept,) = (workshop.shop.home / "Khata" / "checkpoints").glob("*/*.tsr")
    text = "".join(kept.with_suffix(".checkpoint").read_text(encoding="utf-8").splitlines(keepends=True)[:3])
    digest = hashlib.sha256(text.encode()).digest()
    assert digest in kept.read_bytes()
    kept.write_bytes(kept.read_bytes().replace(digest, bytes(32)))
    assert workshop.shop("verify", "--json").data["timestamp"] is None


def test_without_openssl_it_is_said(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timestamps, "OPENSSL", "no-such-program")
    answer = workshop.shop("timestamp", "request", "-o", workshop.file("ask.tsq"))
    assert (answer.code, answer.err) == (5, "This needs openssl, which is not on this computer. Nothing was done.\n")
    assert not Path(workshop.file("ask.tsq")).exists()
