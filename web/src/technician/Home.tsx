import { Button, Field, MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle, SearchBox, Skeleton, SkeletonItem, makeStyles, tokens, useArrowNavigationGroup } from "@fluentui/react-components";
import { BuildingPeopleRegular } from "@fluentui/react-icons/svg/building-people";
import { PersonProhibitedRegular } from "@fluentui/react-icons/svg/person-prohibited";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, Navigate, useNavigate, useSearch } from "@tanstack/react-router";
import { memo, useDeferredValue, useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from "react";
import { accessQuery, historyQuery, liveQuery, type Grant, type Me, type ReachableCustomer } from "../api/queries";
import { GrantCard } from "../grants/GrantCard";
import { Empty } from "../parts/Empty";
import { later } from "../parts/later";
import { Page } from "../parts/Page";
import { ProblemBox } from "../parts/ProblemBox";
import { useGrowing } from "../parts/useGrowing";
import { holds, useMe } from "../shell/me";
import { say } from "../texts/say";
import { texts as shell } from "../texts/shell";
import { texts } from "../texts/technician";
import { CustomerTile } from "./CustomerTile";
import { useNotificationOffer } from "./notifications";
import { inOrder, recentFirst, search } from "./usual";

const CopiedBrowsers = later(() => import("../pairing/Copied").then((m) => m.CopiedBrowsers));

const useStyles = makeStyles({
  section: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  top: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM, alignItems: "center", justifyContent: "space-between" },
  heading: { margin: 0, fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500, fontWeight: tokens.fontWeightSemibold },
  line: { margin: 0, color: tokens.colorNeutralForeground2, maxWidth: "80ch" },
  cards: { listStyleType: "none", margin: 0, padding: 0, display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(min(26rem, 100%), 1fr))", gap: tokens.spacingHorizontalL, alignItems: "start" },
  tiles: { listStyleType: "none", margin: 0, padding: 0, display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(min(18rem, 100%), 1fr))", gap: tokens.spacingHorizontalM },
  search: { width: "20rem", maxWidth: "100%" },
  link: { color: tokens.colorBrandForegroundLink },
});

/** Where everybody starts. Who is no technician has no access of their own, and starts where their work is. */
export function Home() {
  const me = useMe();
  if (holds(me, "technician")) return <MyAccess me={me} />;
  if (holds(me, "approver")) return <Navigate to="/approvals" replace />;
  if (holds(me, "admin", "auditor")) return <Navigate to="/admin" replace />;
  return <Page title={texts.home}><Empty icon={<PersonProhibitedRegular />} title={shell.noRole} help={shell.noRoleHelp} /></Page>;
}

const none: Grant[] = [];
const notOffFirst = (a: Grant, b: Grant) => Number(b.state === "ending") - Number(a.state === "ending") || b.requested_at.localeCompare(a.requested_at);

function MyAccess({ me }: { me: Me }) {
  const styles = useStyles();
  const navigate = useNavigate();
  // The extension opens the page with the customer at whom access is wanted.
  const [begin] = useState(useSearch({ from: "/signed-in/" }).request);
  useEffect(() => { if (begin) void navigate({ to: "/", search: {}, replace: true }); }, [begin, navigate]);
  const { data: all } = useQuery(liveQuery);
  const live = useMemo(() => all?.filter((g) => g.person.id === me.id).sort(notOffFirst), [all, me.id]);
  return (
    <Page title={texts.home} about={texts.homeAbout}>
      <CopiedBrowsers />
      <Section title={texts.live}>
        <NotificationOffer wanted={live?.some((g) => g.state === "active") ?? false} />
        {!live ? <Loading size={128} n={1} className={styles.cards} />
          : live.length === 0 ? <p className={styles.line}>{texts.noneLive}</p>
            : <ul className={styles.cards}>{live.map((g) => <li key={g.id}><GrantCard grant={g} /></li>)}</ul>}
      </Section>
      <Customers live={live ?? none} begin={begin} />
      <EndedLately me={me} />
    </Page>
  );
}

function Section({ title, side, children }: { title: string; side?: ReactNode; children: ReactNode }) {
  const styles = useStyles();
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.top}><h2 className={styles.heading}>{title}</h2>{side}</div>
      {children}
    </section>
  );
}

function Loading({ n, size, className }: { n: number; size: 96 | 128; className: string }) {
  return <Skeleton aria-label={shell.loading}><div className={className}>{Array.from({ length: n }, (_, i) => <SkeletonItem key={i} size={size} />)}</div></Skeleton>;
}

type Shown = { live: Grant[]; begin?: string };

function Customers({ live, begin }: Shown) {
  const styles = useStyles();
  const { data: customers, error, refetch } = useQuery(accessQuery);
  if (!customers) {
    return <Section title={texts.customers}>{error ? <ProblemBox of={error} retry={() => void refetch()} /> : <Loading size={96} n={3} className={styles.tiles} />}</Section>;
  }
  if (customers.length === 0) {
    return <Section title={texts.customers}><Empty level="h3" icon={<BuildingPeopleRegular />} title={texts.noCustomers} help={texts.noCustomersHelp} /></Section>;
  }
  return <Tiles customers={customers} live={live} begin={begin} />;
}

/** The tiles keep the order that they had when the page came: what was asked for just now is first at the next visit. */
function Tiles({ customers, live, begin }: Shown & { customers: ReachableCustomer[] }) {
  const styles = useStyles();
  const [order] = useState(() => recentFirst(customers).map((c) => c.id));
  const [wanted, setWanted] = useState("");
  const looked = useDeferredValue(wanted);
  const box = useRef<HTMLInputElement>(null);
  const tiles = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const slash = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
      if (event.key !== "/" || typing || document.querySelector("[role=dialog]")) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    document.addEventListener("keydown", slash);
    return () => document.removeEventListener("keydown", slash);
  }, []);

  const ordered = useMemo(() => inOrder(customers, order), [customers, order]);
  const found = useMemo(() => search(ordered, looked), [ordered, looked]);
  const intoTiles = (event: React.KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== "ArrowDown") return;
    event.preventDefault();
    tiles.current?.querySelector<HTMLElement>("button, a")?.focus();
  };
  const field = (
    <Field className={styles.search}>
      <SearchBox ref={box} aria-label={texts.find} placeholder={`${texts.find} (/)`} value={wanted} onChange={(_, { value }) => setWanted(value)} onKeyDown={intoTiles} />
    </Field>
  );
  return (
    <Section title={texts.customers} side={customers.length > 1 && field}>
      {found.length === 0 && <p className={styles.line} role="status">{say(texts.noneFound, { search: looked.trim() })}</p>}
      <Found customers={found} live={live} begin={begin} of={looked} tiles={tiles} />
    </Section>
  );
}

/** What was found. A key in the search does not draw it again before there is something else to show. */
const Found = memo(function Found({ customers, live, begin, of, tiles }: { customers: ReachableCustomer[]; live: Grant[]; begin?: string; of: string; tiles: RefObject<HTMLUListElement | null> }) {
  const styles = useStyles();
  const arrows = useArrowNavigationGroup({ axis: "both", tabbable: true });
  const [shown, end] = useGrowing(customers, of, 1 + customers.findIndex((c) => c.id === begin));
  return (
    <>
      <ul className={styles.tiles} ref={tiles} {...arrows}>
        {shown.map((c) => <li key={c.id}><CustomerTile customer={c} live={live.find((g) => g.customer.id === c.id)} begin={c.id === begin} /></li>)}
      </ul>
      {end}
    </>
  );
});

const shown = 3;

function EndedLately({ me }: { me: Me }) {
  const styles = useStyles();
  const { data } = useInfiniteQuery(historyQuery(me.id));
  const ended = data?.pages[0]?.grants.slice(0, shown) ?? [];
  if (ended.length === 0) return null;
  return (
    <Section title={texts.endedLately} side={<Link to="/history" className={styles.link}>{texts.allHistory}</Link>}>
      <ul className={styles.cards}>{ended.map((g) => <li key={g.id}><GrantCard grant={g} /></li>)}</ul>
    </Section>
  );
}

function NotificationOffer({ wanted }: { wanted: boolean }) {
  const offer = useNotificationOffer();
  if (!wanted || !offer) return null;
  return (
    <MessageBar>
      <MessageBarBody><MessageBarTitle>{texts.warnMe}</MessageBarTitle>{texts.warnMeHelp}</MessageBarBody>
      <MessageBarActions>
        <Button onClick={() => void offer.accept()}>{texts.turnOn}</Button>
        <Button appearance="transparent" onClick={() => offer.decline()}>{texts.notNow}</Button>
      </MessageBarActions>
    </MessageBar>
  );
}
