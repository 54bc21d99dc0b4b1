"""The reference of programs, made from the programs themselves: what `ionqdsl doc` writes.

`reading` finds what files define and what there is to know of it, as the records of `entries`; `markdown` and `webpage`
write it down, with names that lead to each other (`links`) and in the same words (`sayings`).
"""
