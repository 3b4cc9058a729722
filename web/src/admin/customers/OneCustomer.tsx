import { Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, getRouteApi } from "@tanstack/react-router";
import type { Me, Role } from "../../api/queries";
import { CustomerMark } from "../../parts/CustomerMark";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { holds, useMe } from "../../shell/me";
import { texts } from "../../texts/customers";
import { say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { customerQuery } from "../queries";
import { useCardStyles } from "../styles";
import { Tabs, type Tab } from "../Tabs";
import { ConnectionBadge } from "./ConnectionBadge";

const route = getRouteApi("/signed-in/admin/customers/$id");

const overseers: readonly Role[] = ["admin", "approver", "auditor"];
const inspectors: readonly Role[] = ["admin", "auditor"];

const tabs: readonly (Tab & { roles: readonly Role[] })[] = [
  { to: "/admin/customers/$id/connection", text: texts.tabConnection, roles: inspectors },
  { to: "/admin/customers/$id/preflight", text: texts.tabPreflight, roles: inspectors },
  { to: "/admin/customers/$id/drills", text: texts.tabDrills, roles: inspectors },
  { to: "/admin/customers/$id/access", text: texts.tabAccess, roles: overseers },
  { to: "/admin/customers/$id/settings", text: texts.tabSettings, roles: overseers },
  { to: "/admin/customers/$id/leaving", text: texts.tabLeaving, roles: inspectors },
];

/** The tabs that somebody may see: none leads to a refusal. */
const tabsFor = (me: Me) => tabs.filter(({ roles }) => holds(me, ...roles));

/** One customer: who it is, and the tabs about it. */
export function OneCustomer() {
  const cards = useCardStyles();
  const me = useMe();
  const { id } = route.useParams();
  const { data: customer, error, refetch } = useQuery(customerQuery(id));
  if (!customer) {
    return (
      <Page title={texts.customers}>
        {error ? <ProblemBox of={error} retry={() => void refetch()} /> : <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      </Page>
    );
  }
  return (
    <Page title={customer.name} actions={<div className={cards.row}><CustomerMark customer={customer} size={36} /><ConnectionBadge state={customer.connection} /></div>}>
      <Tabs label={say(texts.tabs, { name: customer.name })} tabs={tabsFor(me)} params={{ id }} />
      <Outlet />
    </Page>
  );
}

/** Where somebody comes to who opens the customer without a tab. */
export function FirstTab() {
  const { id } = route.useParams();
  return <Navigate to={tabsFor(useMe())[0]!.to} params={{ id }} replace />;
}
