"""Writes the reference of programs from the programs themselves, for `ionqdsl doc`.

`reading` collects the definitions of files and the facts about them, as the records of `entries`; `markdown` and
`webpage` write them down, with linked names (`links`) and in the same words (`sayings`).
"""
