"""The command line: every verb, in this process; and what starts without waiting for PyTorch, in one of its own."""

import subprocess
import sys

import pytest
from PIL import Image

from equipoise.cli import verdict
from equipoise.cli.main import app, main
from equipoise.cli.options import seconds_in
from equipoise.core.records import Finding, Remedy, Severity

TINY = [
    "training.batch_size=16",
    "training.trackers=",
    "training.looks=2",
    "training.read_every=1",
    "generator.hidden=16",
]
VERBS = (
    "check", "classifier", "data", "diagnose", "evaluate", "interpolate", "recipes", "resume", "sample", "train",
)  # fmt: skip
SET = [part for setting in TINY for part in ("--set", setting)]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("cli") / "run"
    main(["train", "--data", "digits", "--recipe", "cgan", "--images", "64", "--out", str(out), *SET])
    return out


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Default file names land in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


def refused(capsys, *arguments):
    """The message of a command that ends with status 2."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    shown = capsys.readouterr()
    assert ended.value.code == 2
    assert shown.out == ""
    assert "Traceback" not in shown.err
    return shown.err


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(capsys, verb):
    main([verb, "--help"])
    text = capsys.readouterr().out
    assert f"equipoise {verb}" in text
    assert "╭" in text


def test_the_help_of_all_names_each_verb_and_where_to_begin(capsys):
    main(["--help"])
    text = capsys.readouterr().out
    assert all(f"│ {verb} " in text for verb in VERBS)
    assert "Begin with" in text
    main([])
    assert capsys.readouterr().out == text


def test_every_command_of_the_app_is_one_of_the_verbs_tested_here():
    assert {name for name in app if not name.startswith("-")} == set(VERBS)


def test_the_version_is_that_of_the_package(capsys):
    import equipoise as eq

    main(["--version"])
    assert capsys.readouterr().out.strip() == eq.__version__


# ---- train, resume


def test_training_ends_with_a_verdict_and_where_to_look(tmp_path, capsys):
    main(["train", "--data", "digits", "--recipe", "gan", "--images", "64", "--out", "here", *SET])
    shown = capsys.readouterr()
    assert "Trained on 64 images in 0:0" in shown.out
    assert "between two sets of real data" in shown.out
    assert "At the end D(x) is" in shown.out
    assert "Samples: here/samples/000000000064.png" in shown.out
    assert "Go on" not in shown.out
    assert "100%" in shown.err


def test_a_run_that_the_doctor_stops_ends_with_the_status_of_what_it_found(tmp_path, capsys):
    weak = ["--set", "constraints.gradient_penalty.weight=0.0001"]
    with pytest.raises(SystemExit) as ended:
        main(["train", "--data", "digits", "--images", "6400", "--out", "here", "--stop-on", "risk", *weak, *SET])
    assert ended.value.code == 3
    shown = capsys.readouterr()
    assert "Doctor: " in shown.err
    assert "Stopped by the doctor for penalty_weight after" in shown.out
    assert "- RISK: " in shown.out
    assert "constraints.gradient_penalty.weight=10" in shown.out
    assert "The evidence: equipoise diagnose here" in shown.out
    assert "equipoise resume here --stop-on never" in shown.out
    main(["resume", "here", "--stop-on", "never"])
    assert "Trained on 6,400 images" in capsys.readouterr().out


def test_of_many_worries_the_worst_three_are_told(tmp_path, capsys, monkeypatch):
    severities = ["wiring", "harm", "risk", "risk", "risk", "note"]
    findings = [
        Finding(name=f"f{n}", severity=Severity(severity), symptom=f"Symptom {n}.", remedies=(Remedy(text=f"do {n}"),))
        for n, severity in enumerate(severities)
    ]
    monkeypatch.setattr(verdict, "examine", lambda facts, history: tuple(findings))
    main(["train", "--data", "digits", "--recipe", "gan", "--images", "32", "--out", "r", *SET])
    shown = capsys.readouterr().out
    assert shown.index("WIRING: Symptom 0. (f0)") < shown.index("try: do 0") < shown.index("HARM: Symptom 1.")
    assert "RISK: Symptom 2." in shown
    assert "Symptom 3" not in shown
    assert "2 more, and the evidence: equipoise diagnose r" in shown


def test_resuming_with_a_longer_budget_goes_on(run, tmp_path, capsys):
    main(["train", "--data", "digits", "--recipe", "gan", "--images", "32", "--out", "r", *SET])
    main(["resume", "r", "--images", "64"])
    assert "Trained on 64 images" in capsys.readouterr().out


def test_a_dry_run_prints_everything_and_trains_nothing(tmp_path, capsys):
    main(["train", "--data", "digits", "--images", "64", "--out", "r", "--dry-run", "--seed", "5", *SET])
    text = capsys.readouterr().out
    assert "training.seed = 5" in text
    assert "generator steps" in text
    assert list(tmp_path.iterdir()) == []


def test_settings_that_cannot_be_are_all_named(capsys):
    message = refused(capsys, "train", "--data", "digits", "--set", "training.sed=1", "--set", "training.looks=-3")
    assert message.startswith("equipoise: ")
    assert "training.seed" in message
    assert "`training.looks` is -3" in message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train"], "--data"),
        (["trian"], 'Did you mean "train"'),
        (["train", "--data", "digits", "--nope"], "--nope"),
        (["train", "--data", "digits", "--images", "many"], '"many"'),
        (["train", "--data", "digits", "--images", "0"], "`training.images` is 0"),
        (["train", "--data", "digits", "--time", "5min"], "`--time` is '5min'. Write it as 90s, 10m or 2h30m."),
        (["train", "--data", "digits", "--set", "x"], "KEY=VALUE"),
        (["train", "--data", "nowhere"], "There is no source `nowhere`"),
        (["train", "--data", "digts"], "Did you mean `digits`"),
        (["train", "--data", "digits", "--recipe", "wgangp"], "wgan-gp"),
        (["train", "--data", "ring-8", "--recipe", "cgan"], "no classes"),
        (["resume", "nowhere"], "nowhere is no run folder"),
        (["sample", "nowhere"], "nowhere is no run folder"),
        (["interpolate", "nowhere"], "nowhere is no run folder"),
        (["data", "nowhere"], "There is no source"),
        (["recipes", "nothing"], "`recipe` is 'nothing'"),
    ],
)
def test_a_mistake_ends_with_status_two_and_a_message(capsys, arguments, said):
    message = refused(capsys, *arguments)
    assert said in " ".join(message.replace("│", "").split())


def test_an_interrupt_before_the_first_step_has_its_own_status(capsys, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("equipoise.recipes.session.train_recipe", interrupt)
    with pytest.raises(SystemExit) as ended:
        main(["train", "--data", "digits"])
    assert ended.value.code == 130
    assert capsys.readouterr().err == "equipoise: interrupted\n"


# ---- sample, interpolate


def test_samples_are_a_grid_by_default(run, tmp_path, capsys):
    main(["sample", str(run)])
    assert capsys.readouterr().out == "64 samples: samples.png\n"
    assert (tmp_path / "samples.png").exists()


def test_samples_of_two_classes_in_a_folder(run, tmp_path, capsys):
    main(["sample", str(run), "--label", "3", "--label", "7", "--n", "4", "--out", "s", "--checkpoint", "best"])
    names = sorted(path.name for path in (tmp_path / "s").iterdir())
    assert names == ["00000-3.png", "00001-3.png", "00002-7.png", "00003-7.png"]


def test_the_same_seed_draws_the_same_picture(run, tmp_path):
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        main(["sample", str(run), "--n", "4", "--seed", seed, "--out", f"{name}.png"])
    a, b, c = ((tmp_path / f"{name}.png").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_walks_are_a_strip_or_an_animation(run, tmp_path, capsys):
    main(["interpolate", str(run), "--rows", "2", "--steps", "3"])
    assert capsys.readouterr().out == "2 walks of 3 pictures: interpolation.png\n"
    main(["interpolate", str(run), "--label", "0", "--label", "1", "--label", "2", "--steps", "3", "--out", "w.gif"])
    with Image.open(tmp_path / "w.gif") as animation:
        assert animation.n_frames == 5 + 3  # the picture in which two legs meet is shown once


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sample", "--label", "eleven"], "`label` is 'eleven'"),
        (["sample", "--n", "0"], "`n` is 0"),
        (["sample", "--out", "x.jpg"], "must end in .png"),
        (["sample", "--checkpoint", "first"], "There are: last, best"),
        (["interpolate", "--out", "x.jpg"], "end it in .png for a strip"),
        (["interpolate", "--steps", "1"], "`steps` is 1"),
        (["sample", "--out", "taken/x.png"], "Cannot write taken/x.png"),
        (["interpolate", "--out", "taken/x.gif"], "Cannot write taken/x.gif"),
    ],
)
def test_a_picture_that_cannot_be_drawn_is_refused(run, tmp_path, capsys, arguments, said):
    (tmp_path / "taken").write_text("a file")
    verb, *rest = arguments
    assert said in refused(capsys, verb, run, *rest)


# ---- data, recipes


def test_data_are_described_and_drawn(tmp_path, capsys):
    main(["data", "digits"])
    assert "Count: 1,797" in capsys.readouterr().out
    assert (tmp_path / "contact-sheet.png").exists()
    (tmp_path / "taken").write_text("a file")
    assert "Cannot write taken/x.png" in refused(capsys, "data", "digits", "--sheet", "taken/x.png")


def test_recipes_are_listed_and_one_is_printed_as_set_takes_it(capsys):
    main(["recipes"])
    listed = capsys.readouterr().out
    assert all(name in listed for name in ("gan", "dcgan", "wgan", "wgan-gp", "sngan", "cgan"))
    main(["recipes", "wgan-gp"])
    printed = capsys.readouterr().out
    assert "constraints.gradient_penalty.weight = 10.0" in printed
    assert "generator.betas = 0.0,0.9" in printed


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90.0), ("1.5", 1.5), ("90s", 90.0), ("10m", 600.0), ("2h30m", 9000.0), (None, None)]
)
def test_times_are_written_as_people_write_them(text, seconds):
    assert seconds_in(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "10 m", "10x", "-5s", "s10", "1h2"])
def test_other_times_are_refused(text):
    with pytest.raises(ValueError, match="Write it as 90s"):
        seconds_in(text)


# ---- what need not wait


def test_help_mistakes_and_a_diagnosis_do_not_wait_for_torch():
    script = """
import sys
from contextlib import redirect_stdout, redirect_stderr, suppress
from io import StringIO
import equipoise, equipoise.diagnosis, equipoise.reports
from equipoise.cli.main import main
with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
    main(["--help"])
    for verb in ("train", "resume", "sample", "interpolate", "data", "recipes"):
        main([verb, "--help"])
    with suppress(SystemExit):
        main(["trian"])
assert "cyclopts" in sys.modules
print(sorted({"torch", "pydantic"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_module_is_a_command_too():
    command = [sys.executable, "-m", "equipoise", "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_reader_that_has_seen_enough_is_no_reason_for_a_stack_trace():
    command = f"{sys.executable} -m equipoise recipes wgan-gp | true; exit ${{PIPESTATUS[0]}}"  # gone before it begins
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert done.stderr == ""


def test_the_engine_is_an_option_of_its_own(capsys):
    main(["train", "--data", "digits", "--recipe", "gan", "--images", "64", "--engine", "fused", "--dry-run", *SET])
    shown = capsys.readouterr().out
    assert "training.engine = fused" in shown
    assert "Engine: fused. Steps fused into" in shown
