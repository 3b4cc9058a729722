import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState, type KeyboardEvent } from "react";
import { CustomerMark } from "../../parts/CustomerMark";
import { Name } from "../../parts/Name";
import { texts } from "../../texts/access";
import { say } from "../../texts/say";
import type { Customer } from "../queries";
import { CellContent, looks, said } from "./CellContent";
import type { Matrix, Subject } from "./model";

const head = 56, row = 44, cell = 152; // px
const useStyles = makeStyles({
  scroll: {
    position: "relative", overflow: "auto", maxHeight: "clamp(20rem, calc(100dvh - 21rem), 60rem)", backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow2,
    "--names": "14rem", "@media (max-width: 40rem)": { "--names": "8.5rem" },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
    ":focus-visible [data-active]": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
  },
  sheet: { position: "relative" },
  heads: { position: "sticky", top: 0, zIndex: 2, height: `${head}px`, backgroundColor: tokens.colorNeutralBackground1, borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  row: { position: "absolute", insetInlineStart: 0, top: 0, width: "100%", height: `${row}px`, borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
  name: {
    position: "sticky", insetInlineStart: 0, zIndex: 1, width: "var(--names)", height: "100%", display: "flex", flexDirection: "column", justifyContent: "center", paddingInline: tokens.spacingHorizontalM,
    backgroundColor: tokens.colorNeutralBackground1, borderInlineEndWidth: "1px", borderInlineEndStyle: "solid", borderInlineEndColor: tokens.colorNeutralStroke2, overflow: "hidden", lineHeight: tokens.lineHeightBase200,
  },
  line: { overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap", textAlign: "left" },
  strong: { fontWeight: tokens.fontWeightSemibold },
  note: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2 },
  place: { position: "absolute", top: 0, height: "100%", width: `${cell}px`, display: "flex", alignItems: "center", paddingInline: tokens.spacingHorizontalS, overflow: "hidden" },
  column: { gap: tokens.spacingHorizontalS, fontSize: tokens.fontSizeBase200, fontWeight: tokens.fontWeightSemibold },
  two: { display: "-webkit-box", WebkitLineClamp: "2", WebkitBoxOrient: "vertical", overflow: "hidden", overflowWrap: "anywhere" },
  cell: { cursor: "pointer", borderInlineEndWidth: "1px", borderInlineEndStyle: "solid", borderInlineEndColor: tokens.colorNeutralStroke3, ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover } },
  everywhere: { backgroundColor: tokens.colorNeutralBackground2 },
  legend: { display: "flex", flexWrap: "wrap", gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalL}`, margin: 0, padding: 0, listStyleType: "none", color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  size: { marginInlineStart: "auto" },
});

type Props = { label: string; subjects: readonly Subject[]; customers: readonly Customer[]; matrix: Matrix; open: (subject: Subject, customer?: Customer) => void };

/**
 * Half a million cells, of which those in sight are drawn. The first column stands for all customers. It is one stop for
 * the keyboard; arrows go from cell to cell, Enter opens one.
 */
export function Grid({ label, subjects, customers, matrix, open }: Props) {
  const styles = useStyles();
  const scroll = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState({ r: 0, c: 0 });
  const count = customers.length + 1;
  const active = { r: Math.min(at.r, subjects.length - 1), c: Math.min(at.c, count - 1) };
  const names = () => (scroll.current ? parseFloat(getComputedStyle(scroll.current).getPropertyValue("--names")) * 16 : 224);
  // eslint-disable-next-line react-hooks/incompatible-library -- what it returns goes into nothing that is memoised
  const rows = useVirtualizer({ count: subjects.length, getScrollElement: () => scroll.current, estimateSize: () => row, overscan: 8, scrollMargin: head, scrollPaddingStart: head });
  const columns = useVirtualizer({ horizontal: true, count, getScrollElement: () => scroll.current, estimateSize: () => cell, overscan: 3, scrollPaddingStart: names() });
  const customer = (c: number) => (c === 0 ? undefined : customers[c - 1]);
  const left = (start: number) => ({ insetInlineStart: `calc(var(--names) + ${start}px)` });

  const go = (r: number, c: number) => {
    const next = { r: Math.max(0, Math.min(r, subjects.length - 1)), c: Math.max(0, Math.min(c, count - 1)) };
    setAt(next);
    rows.scrollToIndex(next.r);
    columns.scrollToIndex(next.c);
  };
  const keys = (event: KeyboardEvent) => {
    const { r, c } = active, page = 10, all = event.ctrlKey || event.metaKey;
    const steps: Record<string, [number, number]> = {
      ArrowUp: [r - 1, c], ArrowDown: [r + 1, c], ArrowLeft: [r, c - 1], ArrowRight: [r, c + 1], PageUp: [r - page, c], PageDown: [r + page, c],
      Home: [all ? 0 : r, 0], End: [all ? subjects.length - 1 : r, count - 1],
    };
    const step = steps[event.key];
    if (step) go(...step);
    else if (event.key === "Enter" || event.key === " ") open(subjects[active.r]!, customer(active.c));
    else return;
    event.preventDefault();
  };
  const shown = columns.getVirtualItems();
  return (
    <>
      <div ref={scroll} className={styles.scroll} role="grid" aria-label={label} aria-rowcount={subjects.length + 1} aria-colcount={count + 1} tabIndex={0} aria-activedescendant={`cell-${active.r}-${active.c}`} onKeyDown={keys}>
        <div role="presentation" className={styles.sheet} style={{ height: head + rows.getTotalSize(), width: `calc(var(--names) + ${columns.getTotalSize()}px)` }}>
          <div role="row" aria-rowindex={1} className={styles.heads}>
            <div role="columnheader" aria-colindex={1} className={styles.name}><span className="unseen">{label}</span></div>
            {shown.map(({ index, start }) => {
              const c = customer(index);
              return (
                <div key={index} role="columnheader" aria-colindex={index + 2} className={mergeClasses(styles.place, styles.column, !c && styles.everywhere)} style={left(start)} title={c?.name}>
                  {c && <CustomerMark customer={c} size={20} />}
                  <span className={styles.two}>{c ? <Name of={c.name} /> : texts.allCustomers}</span>
                </div>
              );
            })}
          </div>
          {rows.getVirtualItems().map(({ index: r, start }) => {
            const subject = subjects[r]!;
            return (
              <div key={subject.id} role="row" aria-rowindex={r + 2} className={styles.row} style={{ transform: `translateY(${start}px)` }}>
                <div role="rowheader" aria-colindex={1} className={styles.name} title={subject.name}>
                  <span dir="auto" className={mergeClasses(styles.line, styles.strong)}>{subject.name}</span>
                  {subject.note && <span className={mergeClasses(styles.line, styles.note)}>{subject.note}</span>}
                </div>
                {shown.map(({ index: c, start: x }) => {
                  const place = customer(c);
                  const reasons = matrix.reasons(subject, place?.id);
                  return (
                    <div key={c} id={`cell-${r}-${c}`} role="gridcell" aria-colindex={c + 2} data-active={r === active.r && c === active.c ? "" : undefined}
                      className={mergeClasses(styles.place, styles.cell, !place && styles.everywhere)} style={left(x)}
                      aria-label={say(texts.cell, { who: subject.name, customer: place?.name ?? texts.allCustomers, what: said(reasons) })}
                      onClick={() => {
                        setAt({ r, c });
                        open(subject, place);
                      }}>
                      <CellContent reasons={reasons} subject={subject} customer={place?.id} />
                    </div>
                  );
                })}
              </div>
            );
          })}
        </div>
      </div>
      <ul className={styles.legend} aria-label={texts.legend}>
        {looks.map(({ name, text, sample }) => <li key={name}>{sample} {text}</li>)}
        <li className={styles.size}>{say(texts.size, { rows: subjects.length.toLocaleString(), columns: customers.length.toLocaleString() })}</li>
      </ul>
    </>
  );
}
