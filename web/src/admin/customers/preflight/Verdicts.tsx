import { Badge, type BadgeProps } from "@fluentui/react-components";
import { Link } from "@tanstack/react-router";
import { Name } from "../../../parts/Name";
import { Sheet, type Column } from "../../../parts/Sheet";
import { texts } from "../../../texts/preflight";
import type { Preflight } from "../../queries";
import { useCardStyles, useLinkStyles } from "../../styles";

type Verdict = Preflight["profiles"][number];

const colours: Record<Verdict["verdict"], BadgeProps["color"]> = { works: "success", blocked: "danger", unknown: "informative" };

/** Each profile that somebody may use: will it work, and what stands in its way? */
export function Verdicts({ of: p }: { of: Preflight }) {
  const cards = useCardStyles();
  const links = useLinkStyles();
  const stops = (id: string) => p.findings.filter((f) => f.severity === "blocking" && (f.everywhere || f.profiles?.some((profile) => profile.id === id)));
  const columns: Column<Verdict>[] = [
    { head: texts.profile, cell: (v) => <Link to="/admin/profiles/$id" params={{ id: v.id }} className={links.name}><Name of={v.name} /></Link> },
    { head: texts.verdict, whole: true, cell: (v) => <Badge appearance="tint" color={colours[v.verdict]} data-verdict={v.verdict}>{texts[v.verdict]}</Badge> },
    { head: texts.because, cell: (v) => stops(v.id).map((f) => <div key={`${f.code} ${f.subject}`}>{f.sentence}</div>) },
  ];
  return (
    <section className={cards.card} aria-labelledby="verdicts">
      <h2 id="verdicts" className={cards.title}>{texts.profiles}</h2>
      {p.profiles.length === 0
        ? <p className={cards.line}>{texts.noProfiles} <Link to="/admin/access" search={{ customer: p.customer.name }} className={links.name}>{texts.openMatrix}</Link></p>
        : <><p className={cards.dim}>{texts.profilesAbout}</p><Sheet flat label={texts.profiles} columns={columns} rows={p.profiles} id={(v) => v.id} /></>}
    </section>
  );
}
