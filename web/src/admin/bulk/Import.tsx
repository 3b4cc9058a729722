import { Badge, Button, MessageBar, MessageBarBody, MessageBarTitle, Spinner, ToggleButton, makeStyles, tokens, type BadgeProps } from "@fluentui/react-components";
import { ArrowUploadRegular } from "@fluentui/react-icons/svg/arrow-upload";
import { useQueryClient } from "@tanstack/react-query";
import { Navigate, getRouteApi } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { api, body } from "../../api/client";
import { Problem } from "../../api/problem";
import { CopyButton } from "../../parts/CopyButton";
import { LeaveGuard } from "../../parts/LeaveGuard";
import { Name } from "../../parts/Name";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { Sheet, type Column } from "../../parts/Sheet";
import { useAction } from "../../parts/useAction";
import { useToasts } from "../../shell/toasts";
import { texts } from "../../texts/bulk";
import { count, say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { setupKey, type BulkList, type ImportLine, type ImportReport } from "../queries";
import { useCardStyles, useLinkStyles } from "../styles";
import { Tabs } from "../Tabs";

const useStyles = makeStyles({
  drop: { display: "flex", flexDirection: "column", alignItems: "center", gap: tokens.spacingVerticalS, padding: tokens.spacingVerticalXXL, borderRadius: tokens.borderRadiusXLarge, border: `2px dashed ${tokens.colorNeutralStroke1}`, color: tokens.colorNeutralForeground2 },
  over: { border: `2px dashed ${tokens.colorBrandStroke1}`, backgroundColor: tokens.colorBrandBackground2 },
  details: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXXS },
  bad: { color: tokens.colorPaletteRedForeground1 },
  code: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200, overflowWrap: "anywhere" },
});

const route = getRouteApi("/signed-in/admin/import/$list");

const lists = ["customers", "people", "entitlements"] as const satisfies readonly BulkList[];
const tabs = lists.map((list) => ({ to: `/admin/import/${list}`, text: texts[list] }));
const largest = 8 << 20; // bytes
const atOnce = 100; // lines

const send = (list: BulkList, csv: string, dry_run: boolean) => body(api.POST("/api/v1/bulk/{list}", {
  params: { path: { list }, query: { dry_run } }, body: csv, bodySerializer: (text) => text, headers: { "Content-Type": "text/csv; charset=utf-8" },
}));

/** A list in as CSV: tried first, line by line, then done as a whole. */
export function Import() {
  const { list } = route.useParams();
  const known = lists.find((l) => l === list);
  if (!known) return <Navigate to="/admin/import/$list" params={{ list: "customers" }} replace />;
  return (
    <Page title={texts.title} about={texts.about}>
      <Tabs label={texts.lists} tabs={tabs} params={{}} />
      <OneList key={known} list={known} />
    </Page>
  );
}

function OneList({ list }: { list: BulkList }) {
  const styles = useStyles();
  const cards = useCardStyles();
  const links = useLinkStyles();
  const cache = useQueryClient();
  const toasts = useToasts();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [file, setFile] = useState<{ name: string; csv: string }>();
  const [report, setReport] = useState<ImportReport>();

  const attempt = useAction(async (chosen: File) => {
    setReport(undefined);
    setFile(undefined);
    if (chosen.size > largest) throw new Problem({ title: texts.tooLarge, detail: texts.tooLargeHelp });
    const csv = await chosen.text();
    setFile({ name: chosen.name, csv });
    setReport(await send(list, csv, true));
  });
  const work = useAction(async () => {
    setReport(await send(list, file!.csv, false));
    await cache.invalidateQueries({ queryKey: setupKey });
    toasts.done(texts.imported);
  });
  const take = (chosen: File | undefined) => {
    if (!chosen || work.working) return;
    work.forget();
    void attempt.run(chosen);
  };
  const changes = report ? report.count.create + report.count.change + report.count.remove : 0;
  const ready = report?.dry_run && report.count.problem === 0;
  return (
    <>
      <section className={cards.card} aria-label={texts[list]}>
        <p className={cards.line}>{texts[`${list}Help`]}</p>
        <p className={cards.dim}>{texts.startWith} <a className={links.name} href={`/api/v1/bulk/${list}`} download>{`${list}.csv`}</a></p>
        <div className={over ? `${styles.drop} ${styles.over}` : styles.drop}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            take(event.dataTransfer.files[0]);
          }}>
          <Button appearance={report ? "secondary" : "primary"} icon={attempt.working ? <Spinner size="extra-tiny" /> : <ArrowUploadRegular />} disabledFocusable={attempt.working} onClick={() => input.current?.click()}>
            {attempt.working ? texts.trying : report ? texts.chooseOther : texts.choose}
          </Button>
          <span>{file ? <Name of={file.name} /> : texts.drop}</span>
          <input ref={input} type="file" accept=".csv,.tsv,.txt,text/csv" hidden aria-label={texts.choose} onChange={(event) => {
            take(event.target.files?.[0]);
            event.target.value = ""; // the same file, corrected, counts as chosen again
          }} />
        </div>
        {attempt.problem !== undefined && <ProblemBox of={attempt.problem} />}
      </section>
      {report && (
        <section className={cards.card} aria-labelledby="report">
          <div className={cards.head}>
            <h2 id="report" className={cards.title}>{report.dry_run ? texts.tried : texts.done}</h2>
            {ready && changes > 0 && <Button appearance="primary" icon={work.working ? <Spinner size="extra-tiny" /> : undefined} disabledFocusable={work.working} onClick={() => work.run()}>{count(texts.importLines, changes)}</Button>}
          </div>
          {work.problem !== undefined && <ProblemBox of={work.problem} />}
          {report.count.problem > 0 && <MessageBar intent="error" layout="multiline"><MessageBarBody><MessageBarTitle>{count(texts.problems, report.count.problem)}</MessageBarTitle>{texts.problemsHelp}</MessageBarBody></MessageBar>}
          {ready && changes === 0 && <MessageBar intent="success"><MessageBarBody>{texts.nothingToDo}</MessageBarBody></MessageBar>}
          {ready && (report.count.remove > 0 || list === "people") && changes > 0 && <p className={cards.dim}>{texts.removesLive}</p>}
          {!report.dry_run && <Links of={report.lines} />}
          <Lines key={String(report.dry_run)} of={report} />
        </section>
      )}
    </>
  );
}

const looks: Record<ImportLine["outcome"], BadgeProps["color"]> = { problem: "danger", remove: "warning", create: "success", change: "brand", unchanged: "subtle" };
const outcomes = ["problem", "remove", "create", "change", "unchanged"] as const;

function Lines({ of: report }: { of: ImportReport }) {
  const styles = useStyles();
  const cards = useCardStyles();
  const [only, setOnly] = useState<ImportLine["outcome"] | undefined>(report.count.problem > 0 ? "problem" : undefined);
  const [most, setMost] = useState(atOnce);
  const lines = only ? report.lines.filter((l) => l.outcome === only) : report.lines;
  const columns: Column<ImportLine>[] = [
    { head: texts.what, cell: (l) => <Name of={l.what} /> },
    { head: texts.line, cell: (l) => l.line },
    { head: texts.outcome, cell: (l) => <Badge appearance="tint" color={looks[l.outcome]}>{texts[`outcome_${l.outcome}`]}</Badge> },
    {
      head: texts.details,
      cell: (l) => (
        <span className={styles.details}>
          {l.problems?.map((p, i) => <span key={i} className={styles.bad}>{p.field ? say(texts.column, { column: p.field, advice: p.advice }) : p.advice}</span>)}
          {l.changes?.map((c) => <span key={c.column}>{say(texts.from, { column: c.column, before: c.before || texts.empty, after: c.after || texts.empty })}</span>)}
        </span>
      ),
    },
  ];
  return (
    <>
      <div className={cards.row} role="group" aria-label={texts.filter}>
        <ToggleButton size="small" shape="circular" checked={!only} onClick={() => setOnly(undefined)}>{texts.all}</ToggleButton>
        {outcomes.filter((o) => report.count[o] > 0).map((o) => <ToggleButton key={o} size="small" shape="circular" checked={only === o} onClick={() => setOnly(o)}>{count(texts[o], report.count[o])}</ToggleButton>)}
      </div>
      <Sheet flat label={texts.filter} columns={columns} rows={lines.slice(0, most)} id={(l) => String(l.line)} />
      {lines.length > most && <div><Button onClick={() => setMost(most + atOnce)}>{shell.more}</Button></div>}
    </>
  );
}

/** The links of those who were invited, which nobody can show again. */
function Links({ of }: { of: readonly ImportLine[] }) {
  const styles = useStyles();
  const cards = useCardStyles();
  const invited = of.flatMap(({ line, what, link }) => (link ? [{ line, what, url: link.url }] : []));
  if (invited.length === 0) return null;
  const columns: Column<(typeof invited)[number]>[] = [
    { head: texts.what, cell: (l) => <Name of={l.what} /> },
    { head: texts.oneLink, cell: (l) => <span className={cards.row}><code className={styles.code}>{l.url}</code><CopyButton what={say(texts.link, { name: l.what })} value={l.url} /></span> },
  ];
  return (
    <>
      <LeaveGuard when title={texts.leaveLinks} help={texts.leaveLinksHelp} />
      <div className={cards.head}>
        <h3 className={cards.title}>{texts.links}</h3>
        <CopyButton what={texts.linksCopy} value={invited.map((l) => `${l.what}\t${l.url}`).join("\n")} />
      </div>
      <p className={cards.dim}>{texts.linksHelp}</p>
      <Sheet flat label={texts.links} columns={columns} rows={invited} id={(l) => String(l.line)} />
    </>
  );
}
