import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { useGrowing } from "./useGrowing";

const narrow = "@media (max-width: 40rem)";

const useStyles = makeStyles({
  table: {
    width: "100%", borderCollapse: "collapse",
    [narrow]: { display: "block" },
  },
  card: { backgroundColor: tokens.colorNeutralBackground1, borderRadius: tokens.borderRadiusXLarge, boxShadow: tokens.shadow2 },
  head: { [narrow]: { position: "absolute", width: "1px", height: "1px", overflow: "hidden", clipPath: "inset(50%)" } },
  heading: {
    textAlign: "start", verticalAlign: "bottom", fontWeight: tokens.fontWeightSemibold, fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2,
    padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalM}`, borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    [narrow]: { position: "absolute", width: "1px", height: "1px", padding: 0, overflow: "hidden" },
  },
  body: { [narrow]: { display: "block" } },
  row: {
    ":not(:last-child)": { borderBottom: `1px solid ${tokens.colorNeutralStroke3}` },
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover },
    [narrow]: { display: "block", padding: `${tokens.spacingVerticalM} ${tokens.spacingHorizontalL}` },
  },
  cell: {
    textAlign: "start", verticalAlign: "middle", overflowWrap: "anywhere", padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`, fontWeight: tokens.fontWeightRegular,
    [narrow]: { display: "flex", gap: tokens.spacingHorizontalM, padding: `${tokens.spacingVerticalXXS} 0` },
  },
  // On a narrow screen a row is a card, and each of its cells says what it is.
  named: {
    [narrow]: { ":has(> :empty)": { display: "none" }, "::before": { content: "attr(data-head)", flexBasis: "7.5rem", flexShrink: 0, color: tokens.colorNeutralForeground2 } },
  },
  value: { minWidth: 0 },
  whole: { whiteSpace: "nowrap", [narrow]: { whiteSpace: "normal" } },
});

/** `whole`: what is in it is short and is not broken into lines, however long the others are. */
export type Column<T> = { head: string; cell: (row: T) => ReactNode; whole?: true };

/** A table of things, however many. The first column names them. It is a card of its own, or flat on another one. */
export function Sheet<T>({ label, columns, rows, id, flat }: { label: string; columns: readonly Column<T>[]; rows: readonly T[]; id: (row: T) => string; flat?: boolean }) {
  const styles = useStyles();
  const [shown, end] = useGrowing(rows);
  // The roles are said because a table that is displayed otherwise loses them.
  return (
    <>
      <table className={mergeClasses(styles.table, !flat && styles.card)} role="table" aria-label={label}>
        <thead className={styles.head} role="rowgroup">
          <tr role="row">{columns.map(({ head }) => <th key={head} role="columnheader" scope="col" className={styles.heading}>{head}</th>)}</tr>
        </thead>
        <tbody className={styles.body} role="rowgroup">
          {shown.map((row) => (
            <tr key={id(row)} role="row" className={styles.row}>
              {columns.map(({ head, cell, whole }, i) => i === 0
                ? <th key={head} role="rowheader" scope="row" className={styles.cell}>{cell(row)}</th>
                : <td key={head} role="cell" data-head={head} className={mergeClasses(styles.cell, styles.named, whole && styles.whole)}><div className={styles.value}>{cell(row)}</div></td>)}
            </tr>
          ))}
        </tbody>
      </table>
      {end}
    </>
  );
}
