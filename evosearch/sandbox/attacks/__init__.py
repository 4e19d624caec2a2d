"""Attacks on the jail: hostile programs, and what must become of them. `evosearch doctor --attack` runs them here.

    suite        all of them, and the canaries that are tried before every run
    running      `run` and `canaries`: a finding for each attack
    arena        where one attack is let loose, between the stage (its victims), the judging and the witnesses
    lifecycle    what happens when a controller or a zygote is killed, and between two workers
    attack, finding
                 what an attack is, and what came of it

The hostile programs by what they try:

    forging, ending, framing        to get a score, or a word in, without having earned it
    spying, persisting, networking  to know, to leave behind, to tell
    starting, signalling, files     to run, to kill, to change
    privileges, resources, clocks   to gain rights, to use more than its share, to seem faster

Each does its deed for real, and none can harm more than the stage that it is given, or ask for a right without using
it: where the walls are missing, the machine is as it was afterwards.
"""
