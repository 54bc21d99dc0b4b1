// The editor: CodeMirror with the colours of the language, messages under the text and in the gutter, and completion.
// Takes the rules of colours and functions that ask; page.js decides how to react to a change.

import {
  autocompletion, bracketMatching, closeBrackets, closeBracketsKeymap, completionKeymap, defaultKeymap, drawSelection,
  EditorState, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSelectionMatches,
  highlightSpecialChars, HighlightStyle, history, historyKeymap, indentUnit, keymap, lineNumbers, lintGutter, lintKeymap,
  search, searchKeymap, setDiagnostics, StreamLanguage, syntaxHighlighting, tags,
} from "./codemirror.js";

const KINDS = {
  comment: tags.lineComment, string: tags.string, keyword: tags.keyword, definition: tags.definition(tags.variableName),
  property: tags.propertyName, gate: tags.standard(tags.variableName), number: tags.number, unit: tags.unit,
  constant: tags.bool, function: tags.function(tags.variableName),
};

const style = HighlightStyle.define([
  { tag: KINDS.comment, color: "var(--comment)", fontStyle: "italic" },
  { tag: KINDS.string, color: "var(--string)" },
  { tag: [KINDS.keyword, KINDS.property], color: "var(--keyword)" },
  { tag: [KINDS.gate, KINDS.definition, KINDS.function], color: "var(--gate)" },
  { tag: [KINDS.number, KINDS.unit, KINDS.constant], color: "var(--number)" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--code)", color: "var(--ink)", fontSize: "13.5px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--code)", color: "var(--quiet)", border: "none", borderRight: "1px solid var(--edge)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--active)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { background: "var(--selection)" },
  ".cm-selectionMatch": { backgroundColor: "var(--match)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--match)", outline: "1px solid var(--control)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--paper)", color: "var(--ink)", borderColor: "var(--control)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--paper)" },
  ".cm-completionDetail": { fontStyle: "normal", opacity: "1", color: "var(--quiet)", marginLeft: "1em" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-textfield, .cm-button": {
    font: "inherit", fontSize: ".87rem", padding: ".1rem .5rem", minHeight: "1.8rem", color: "var(--ink)",
    backgroundColor: "var(--paper)", backgroundImage: "none", border: "1px solid var(--control)", borderRadius: "6px",
  },
  ".cm-panel.cm-search": { padding: ".4rem .5rem" },
  ".cm-panel.cm-search label": { fontSize: ".87rem" },
  ".cm-tooltip": { borderRadius: "6px" },
  ".cm-diagnosticAction": { backgroundColor: "var(--accent)", color: "var(--paper)" },
});

// A tokenizer from rules: the first pattern that fits at the place counts; its groups have kinds of their own.
function language(rules) {
  const patterns = rules.map(([pattern, kinds]) => [new RegExp(pattern, "dy"), kinds]);
  return StreamLanguage.define({
    startState: () => ({ ahead: [] }),
    copyState: ({ ahead }) => ({ ahead: [...ahead] }),
    token(stream, state) {
      if (!state.ahead.length) state.ahead = pieces(patterns, stream.string, stream.pos);
      const [end, kind] = state.ahead.shift();
      stream.pos = end;
      return kind || null;
    },
    tokenTable: KINDS,
    languageData: { commentTokens: { line: "#" }, closeBrackets: { brackets: ["(", "[", "{", '"'] } },
  });
}

function pieces(patterns, text, place) {
  for (const [pattern, kinds] of patterns) {
    pattern.lastIndex = place;
    const found = pattern.exec(text);
    if (!found?.[0]) continue;
    const end = pattern.lastIndex;
    if (found.length === 1) return [[end, kinds[0]]];
    const ends = kinds.map((kind, group) => [found.indices[group + 1]?.[1] ?? place, kind]);
    return [...ends, [end, ""]].filter(([at], number, all) => at > (all[number - 1]?.[0] ?? place));
  }
  return [[place + 1, ""]];
}

export class Editor {
  // `complete(text, offset)` promises items; `changed` is called after every change of the text, `again` by Ctrl+Enter.
  constructor({ parent, rules, complete, changed, again }) {
    const source = async (context) => {
      const line = context.state.doc.lineAt(context.pos);
      const before = line.text.slice(0, context.pos - line.from);
      const word = /[A-Za-z_]\w*$/.exec(before)?.[0] ?? "";
      const opens = !before.includes("#") && (word.length >= 2 || /include\s*"[^"]*$/.test(before));
      if (!context.explicit && !opens) return null;
      const items = await complete(context.state.doc.toString(), context.pos);
      if (context.aborted || !items.length || (!context.explicit && items.length === 1 && items[0].label === word)) return null;
      return { from: context.pos - items[0].before, options: items.map(offer), filter: false };
    };
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        extensions: [
          lineNumbers(), lintGutter(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(),
          indentUnit.of("  "), EditorState.tabSize.of(2), bracketMatching(), closeBrackets(), highlightActiveLine(),
          highlightSelectionMatches(), search({ top: true }), language(rules), syntaxHighlighting(style), theme,
          autocompletion({ override: [source], selectOnOpen: false, icons: false }),
          keymap.of([
            { key: "Mod-Enter", run: () => { again(); return true; } },
            ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap,
          ]),
          EditorView.contentAttributes.of({
            id: "text", "aria-labelledby": "program-head", "aria-describedby": "status keys", spellcheck: "false",
            autocapitalize: "off", autocorrect: "off", tabindex: "0", // as it is anyway; long lines scroll with the cursor
          }),
          EditorView.updateListener.of((update) => { if (update.docChanged) changed(update.transactions.some((one) => one.isUserEvent("set"))); }),
        ],
      }),
    });
    this.view.scrollDOM.tabIndex = -1;
    // The list of completions scrolls, and so has to be focusable, although the focus never leaves the text.
    new MutationObserver(() => {
      const list = this.view.dom.querySelector(".cm-tooltip-autocomplete > ul:not([tabindex])");
      if (list) list.tabIndex = 0;
    }).observe(this.view.dom, { childList: true, subtree: true });
  }

  get value() { return this.view.state.doc.toString(); }

  set value(text) {
    const { state } = this.view;
    this.view.dispatch({ changes: { from: 0, to: state.doc.length, insert: text }, selection: { anchor: 0 }, userEvent: "set" });
  }

  // Shows messages: `{from, to, severity, message, actions}`, offsets into the text.
  mark(found) {
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  select(from, to) {
    this.view.focus();
    this.view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
  }

  // Replaces parts of the text, as one change: `{from, to, insert}`.
  write(changes) {
    this.view.dispatch({ changes, scrollIntoView: true, userEvent: "input.fix" });
    this.view.focus();
  }

  // The offset of a place as the protocol of editors counts: lines from 0, characters in UTF-16 units.
  offset({ line, character }) {
    const { doc } = this.view.state;
    if (line >= doc.lines) return doc.length;
    const found = doc.line(line + 1);
    return found.from + Math.min(character, found.length);
  }
}

function offer({ label, detail, text, select, before, behind }) {
  return {
    label,
    detail: detail && detail !== label ? detail : undefined,
    apply: (view) => {
      const at = view.state.selection.main.head;
      const from = Math.max(0, at - before);
      view.dispatch({
        changes: { from, to: Math.min(at + behind, view.state.doc.length), insert: text },
        selection: { anchor: from + select[0], head: from + select[1] },
        userEvent: "input.complete",
      });
    },
  };
}
