"""Operators: the ways of asking a model for a program. Each has a prompt of its name in `prompts/`.

    rewrite    a better version of one program, whole; or a first one, from nothing
    diff       the same, as edits of one program
    crossover  what is good in two programs of different niches, in one
    inspired   a program that learns from a few of other niches
    repair     a program that failed, mended
    simplify   a program that does the same and is shorter
    bootstrap  a program for one problem, after the model of those that solved others (P3's method)

To add one: write the class (`evosearch.protocols.Operator`), register its name, and put `<name>.md` into the task's
folder of prompts if it uses one.
"""
