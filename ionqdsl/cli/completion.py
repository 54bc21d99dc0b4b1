"""Prints a script that completes commands, flags and their values in bash, zsh or fish.

  bash   ionqdsl completion bash > ~/.local/share/bash-completion/completions/ionqdsl
  zsh    ionqdsl completion zsh > a folder of $fpath, as _ionqdsl
  fish   ionqdsl completion fish > ~/.config/fish/completions/ionqdsl.fish

The script is made from the commands' own parsers and starts no Python when it is used.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable

from ionqdsl.cli.terminal import Terminal

Action = argparse.Action


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `completion`."""
    parser.add_argument("shell", choices=tuple(SCRIPTS), help="which shell the script is for")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Prints the script."""
    from ionqdsl.cli.verbs import VERBS, parser_of  # late: it loads every verb

    actions = {verb: [a for a in parser_of(verb)[1]._actions if a.help is not argparse.SUPPRESS] for verb in VERBS}
    script = SCRIPTS[arguments.shell](VERBS, actions)
    terminal.data(script, exact=True)
    terminal.answer(shell=arguments.shell, script=script)
    return 0


def values_of(action: Action) -> list[str]:
    """The values a flag or an argument is known to take; none where they are free, such as files."""
    from ionqdsl.diagnostics.codes import CODES
    from ionqdsl.ir.gates import GATES
    from ionqdsl.ir.targets import BACKEND_NAMES, NOISE_MODELS, TARGETS

    known: dict[str, Iterable[str]] = {
        "target": [*TARGETS, *BACKEND_NAMES[1:]],
        "backend": ["local", *BACKEND_NAMES],
        "noise": NOISE_MODELS,
        "topic": [*CODES, *dict.fromkeys(gate.name for gate in GATES.values())],
    }
    if action.choices is not None:
        return [str(choice) for choice in action.choices]
    return list(known.get(action.dest, ()))


def takes_file(action: Action) -> bool:
    """Whether an argument or a flag wants a path."""
    return action.dest in ("file", "files", "folder", "output", "api_key_file")


def _plain(text: str | None) -> str:
    """A help text without what shells or argparse would read as something else."""
    return "".join(char for char in (text or "").replace("%%", "%") if char not in "'\"[]:`$\\")


def _bash(verbs: dict[str, str], actions: dict[str, list[Action]]) -> str:
    values, words = [], []
    for verb, known in actions.items():
        flags = [flag for action in known for flag in action.option_strings]
        plain = [value for action in known if not action.option_strings for value in values_of(action)]
        files = "yes" if any(takes_file(action) for action in known if not action.option_strings) else ""
        words.append(f'        {verb}) flags="{" ".join(flags)}" words="{" ".join(plain)}" files="{files}" ;;')
        for action in known:
            if action.option_strings and action.nargs != 0:
                pattern = "|".join(f"{verb}:{flag}" for flag in action.option_strings)
                choices = " ".join(values_of(action))
                reply = f'compgen -W "{choices}"' if choices else "compgen -f"
                values.append(f'        {pattern}) COMPREPLY=($({reply} -- "$word")); return ;;')
    return _BASH.format(values="\n".join(values), words="\n".join(words), verbs=" ".join(verbs))


_BASH = """\
# ionqdsl: completion for bash
_ionqdsl() {{
    local word="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}"
    local verb="" flags="" words="" files="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "${{COMP_WORDS[i]}}" in
            --color) ((i++)) ;;
            -*) ;;
            *) verb="${{COMP_WORDS[i]}}"; break ;;
        esac
    done
    case "$verb:$before" in
        :--color) COMPREPLY=($(compgen -W "auto always never" -- "$word")); return ;;
{values}
    esac
    case "$verb" in
        "") flags="--help --version --json --color --quiet --verbose" words="{verbs}" ;;
{words}
    esac
    if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$flags" -- "$word"))
    else
        COMPREPLY=($(compgen -W "$words" -- "$word"))
        if [[ -n $files ]]; then COMPREPLY+=($(compgen -f -- "$word")); fi
    fi
}}
complete -o filenames -F _ionqdsl ionqdsl"""


_ZSH_END = """\
if [[ $funcstack[1] == _ionqdsl ]]; then _ionqdsl "$@"; else compdef _ionqdsl ionqdsl; fi"""
"""A file of $fpath is the function's body when it is first called, and may be sourced as well."""


def _zsh(verbs: dict[str, str], actions: dict[str, list[Action]]) -> str:
    lines = ["#compdef ionqdsl", "_ionqdsl() {", "    local context state line", "    local -a verbs", "    verbs=("]
    lines += [f"        '{verb}:{_plain(summary)}'" for verb, summary in verbs.items()]
    lines += ["    )", "    _arguments -C '1:command:->verb' '*::argument:->rest'", '    case "$state" in']
    lines += ["    verb) _describe command verbs ;;", "    rest)", '        case "$words[1]" in']
    for verb, known in actions.items():
        lines.append(f"        {verb}) _arguments \\")
        lines += [f"            {spec} \\" for action in known for spec in _zsh_specs(action)]
        lines.append("            ;;")
    return "\n".join([*lines, "        esac ;;", "    esac", "}", _ZSH_END])


def _zsh_specs(action: Action) -> list[str]:
    choices = values_of(action)
    values = f"({' '.join(choices)})" if choices else "_files" if takes_file(action) else " "
    if not action.option_strings:
        return [f"'*:{action.dest}:{values}'"]
    value = "" if action.nargs == 0 else f":{action.dest}:{values}"
    return [f"'{flag}[{_plain(action.help)}]{value}'" for flag in action.option_strings]


def _fish(verbs: dict[str, str], actions: dict[str, list[Action]]) -> str:
    lines = ["# ionqdsl: completion for fish", "complete -c ionqdsl -f"]
    for verb, summary in verbs.items():
        lines.append(f"complete -c ionqdsl -n __fish_use_subcommand -a {verb} -d '{_plain(summary)}'")
    for verb, known in actions.items():
        start = f"complete -c ionqdsl -n '__fish_seen_subcommand_from {verb}'"
        for action in known:
            choices = values_of(action)
            if not action.option_strings:
                lines.append(f"{start} -a '{' '.join(choices)}'" if choices else f"{start} -F")
                continue
            names = " ".join(f"-l {f[2:]}" if f.startswith("--") else f"-s {f[1:]}" for f in action.option_strings)
            value = "" if action.nargs == 0 else f" -x -a '{' '.join(choices)}'" if choices else " -r"
            lines.append(f"{start} {names}{value} -d '{_plain(action.help)}'")
    return "\n".join(lines)


SCRIPTS: dict[str, Callable[[dict[str, str], dict[str, list[Action]]], str]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
}
"""Shell -> what writes its script."""
