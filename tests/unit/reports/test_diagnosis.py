"""From a log to everything that is said of it. Which rules exist must not matter here."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import equipoise as eq
from equipoise.core.errors import DataError, SettingError
from equipoise.core.facts import Facts
from equipoise.reports.diagnosis import LogDiagnosis, diagnose_log, given_facts

HEALTHY = "".join(
    f"[Epoch {at // 10}/20] [Batch {at % 10}/10] [D loss: 1.{at % 9}] [G loss: 0.8]\n" for at in range(100)
)
BROKEN = HEALTHY + "[Epoch 10/20] [Batch 0/10] [D loss: nan] [G loss: nan]\n" * 5


@pytest.fixture
def log(tmp_path) -> Path:
    path = tmp_path / "log.txt"
    path.write_text(BROKEN)
    return path


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "equipoise", "diagnose", *map(str, arguments)], capture_output=True, text=True
    )


def test_the_function_gives_records(log):
    diagnosis = eq.diagnose(log, objective="wgan-gp", facts={"penalty_weight": 10.0, "d_steps": 5.0})
    assert isinstance(diagnosis, LogDiagnosis)
    assert diagnosis.findings[0].name == "non_finite"
    assert diagnosis.exit_status == 4
    assert diagnosis.would_stop_at == 100
    assert diagnosis.reading.facts["penalty"] == "gradient_penalty"
    assert diagnosis.reading.origins["penalty_weight"].source == "given"


def test_json_is_one_strict_object_with_all_its_parts(log):
    done = command(log, "--json", "--fact", "lambda_gp=10", "--objective", "wgan")
    assert done.returncode == 4
    told = json.loads(done.stdout)
    assert set(told) == {
        "read", "facts", "notes_not_understood", "unknown_facts", "findings", "would_stop_at", "share_saved",
        "cannot_tell",
    }  # fmt: skip
    assert told["read"]["rows"] == 105
    assert told["read"]["unit"] == "steps"
    assert {"name": "D loss", "signal": "loss/discriminator_total", "how": "critic loss, -W and perhaps a penalty"} in (
        told["read"]["columns"]
    )
    assert told["facts"]["penalty_weight"] == {"value": 10.0, "source": "given", "why": "you said so"}
    assert told["findings"][0]["name"] == "non_finite"
    assert set(told["findings"][0]) >= {
        "symptom", "severity", "confidence", "since", "causes", "evidence", "ruled_out", "remedies", "measure_next",
        "page",
    }  # fmt: skip
    assert told["would_stop_at"] == 100
    assert told["share_saved"] == 0.0


def test_the_report_says_what_was_read_found_and_left_open(log):
    done = command(log)
    assert done.returncode == 4
    assert "Read 105 rows (text), steps 0 to 100, planned to 200." in done.stdout
    assert "D loss  loss/discriminator_total" in done.stdout
    assert "non_finite" in done.stdout
    assert "would have stopped this run at 100 steps" in done.stdout
    assert "This log cannot tell:" in done.stdout
    assert "\033[" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.txt"], "No such file"),
        (["LOG", "--objective", "wgan-pg"], "objective"),
        (["LOG", "--fact", "penalty_wieght=10"], "Did you mean penalty_weight"),
        (["LOG", "--fact", "penalty_weight"], "NAME=VALUE"),
        (["LOG", "--fact", "penalty_weight=much"], "a finite number"),
        (["LOG", "--facts", "nowhere.yaml"], "Cannot read the facts"),
    ],
)
def test_mistakes_end_with_a_message_and_2(log, arguments, words, capsys):
    from equipoise.cli.main import main

    with pytest.raises(SystemExit) as end:
        main(["diagnose", *[str(log) if argument == "LOG" else argument for argument in arguments]])
    assert end.value.code == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.out == ""


def test_a_facts_file_stands_between_the_log_and_what_is_given(log, tmp_path):
    log.write_text("batch_size: 8\nz_dim: 16\nlr: 0.5\n" + BROKEN)
    facts = tmp_path / "facts.yaml"
    facts.write_text("z_dim: 32\nd_steps: 3\ncolour: red\nnotes: The weather was fine on Tuesday.\n")
    diagnosis = diagnose_log(log, given=given_facts("hinge", ["d_steps=7"]), facts_file=facts)
    known, origins = diagnosis.reading.facts, diagnosis.reading.origins
    assert (known["batch_size"], known["latent_dim"], known["d_steps"]) == (8.0, 32.0, 7.0)
    assert [origins[name].source for name in ("batch_size", "latent_dim", "d_steps")] == ["log", "file", "given"]
    assert diagnosis.unknown_facts == ("colour (red)",)
    assert any("weather" in note for note in diagnosis.notes_not_understood)
    assert "Unknown facts: colour" in diagnosis.text()


def test_notes_become_facts_and_say_which_sentence(log, tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("notes:\n- My critic ends in a sigmoid.\n")
    diagnosis = diagnose_log(log, given=Facts(), facts_file=facts)
    assert diagnosis.reading.facts["discriminator_output"] == "sigmoid"
    origin = diagnosis.reading.origins["discriminator_output"]
    assert origin.source == "notes"
    assert "sigmoid" in origin.why


def test_a_fact_wins_over_what_the_method_stands_for():
    assert given_facts("wgan-gp", ["penalty=none"])["penalty"] == "none"


def test_every_fact_has_an_origin(log):
    told = eq.diagnose(log).as_json()
    assert all(fact["source"] in ("given", "file", "notes", "log", "guess") for fact in told["facts"].values())
    json.dumps(told, allow_nan=False)


def test_quality_is_ignored_on_request(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("step,d_loss,fid\n" + "".join(f"{at},0.6,{at + 20}\n" for at in range(50)))
    assert "quality/fid" in eq.diagnose(path).reading.history
    assert "quality/fid" not in eq.diagnose(path, include_quality=False).reading.history


def test_errors_of_the_function(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        eq.diagnose(tmp_path / "none")
    with pytest.raises(SettingError, match="unknown"):
        eq.diagnose(tmp_path / "none", facts={"nothing": True})


def test_two_thousand_lines_take_less_than_a_second_without_torch(tmp_path):
    path = tmp_path / "log.txt"
    path.write_text(
        "".join(f"[{at // 100}/25][{at % 100}/100]\tLoss_D: 1.{at}\tLoss_G: 0.8\tD(x): 0.6\n" for at in range(2000))
    )
    program = (
        "import sys; from equipoise.cli.main import main\n"
        "try: main(['diagnose', sys.argv[1]])\n"
        "except SystemExit: print({'torch', 'pydantic', 'pandas', 'tensorboard'} & set(sys.modules))"
    )
    before = os.times()
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    after = os.times()
    assert done.stdout.endswith("set()\n")
    used = after.children_user - before.children_user + after.children_system - before.children_system
    assert used < 1.0  # of the processor, so that other tests beside it do not count


def test_our_own_runs_are_read_with_their_recipe(tmp_path):
    settings = {"training.batch_size": 16, "training.trackers": [], "training.looks": 2, "training.read_every": 1}
    eq.train("ring-8", recipe="wgan-gp", out=tmp_path / "run", images=160, settings=settings, show_progress=False)
    reading = eq.diagnose(tmp_path / "run").reading
    assert reading.format == "equipoise run folder"
    assert reading.history.unit == "images"
    assert reading.history.planned == 160
    assert "samples/sliced_wasserstein" in reading.history
    assert "loss/discriminator" in reading.history
    assert (reading.facts["objective"], reading.facts["penalty"]) == ("wasserstein", "gradient_penalty")
    recipe = json.loads((tmp_path / "run" / "recipe.json").read_text())
    assert reading.facts["penalty_weight"] == recipe["constraints"]["gradient_penalty"]["weight"]
    assert reading.facts["d_steps"] == recipe["training"]["d_steps"]
    assert reading.facts["batch_size"] == 16
    assert "excerpt" not in reading.facts  # of so few readings a log of another program would be one


def test_a_log_of_few_rows_is_an_excerpt_unless_somebody_says_otherwise(log):
    def facts(*given):
        return diagnose_log(log, given=given_facts("wgan-gp", given)).reading.facts

    log.write_text("".join(f"iter {at} d_loss -{3000 + at} g_loss 1.0\n" for at in range(11)))
    assert facts()["excerpt"] is True
    assert facts("excerpt=false")["excerpt"] is False
    log.write_text("")
    assert "excerpt" not in facts("d_steps=5")  # nothing was chosen where there is nothing
    log.write_text("".join(f"iter {at} d_loss -{3000 + at} g_loss 1.0\n" for at in range(12)))
    assert "excerpt" not in facts()


def test_a_value_that_is_not_understood_is_told_once(log, tmp_path):
    facts = tmp_path / "facts.yaml"
    facts.write_text("resolution: 8 to 16\nnotes: The weather was fine on Tuesday.\n")
    diagnosis = diagnose_log(log, given=given_facts("hinge", []), facts_file=facts)
    assert diagnosis.unknown_facts == ("resolution (8 to 16)",)
    assert diagnosis.notes_not_understood == ("The weather was fine on Tuesday.",)
