"""What is left when a controller or a zygote is killed, and whether the scenarios would see it."""

from evosearch.sandbox.attacks.lifecycle import controller_killed, neighbours, zygotes_killed

# That they hold behind the walls of every mode is tested with all attacks, in test_running.py.


def test_the_bare_tie_to_its_parent_ends_a_program_with_its_controller(modes):
    finding = controller_killed(modes.sandbox_of(modes.UNWALLED))
    assert finding.contained
    assert finding.happened.startswith("all ")


def test_a_program_that_does_outlive_its_zygote_is_seen(modes):
    finding = zygotes_killed(modes.sandbox_of(()))
    assert not finding.contained
    assert "lived on" in finding.happened


def test_a_program_that_is_killed_by_its_neighbour_is_seen(modes):
    finding = neighbours(modes.sandbox_of(modes.UNWALLED))
    assert not finding.contained
    assert "its neighbour ended as" in finding.happened
