import { Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, getRouteApi } from "@tanstack/react-router";
import { CustomerMark } from "../../parts/CustomerMark";
import { Page } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { texts } from "../../texts/customers";
import { say } from "../../texts/say";
import { texts as shell } from "../../texts/shell";
import { customerQuery } from "../queries";
import { useCardStyles } from "../styles";
import { Tabs } from "../Tabs";
import { ConnectionBadge } from "./ConnectionBadge";

const route = getRouteApi("/signed-in/admin/customers/$id");

const tabs = [
  { to: "/admin/customers/$id/connection", text: texts.tabConnection },
  { to: "/admin/customers/$id/access", text: texts.tabAccess },
  { to: "/admin/customers/$id/settings", text: texts.tabSettings },
];

/** One customer: who it is, and the tabs about it. */
export function OneCustomer() {
  const cards = useCardStyles();
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
      <Tabs label={say(texts.tabs, { name: customer.name })} tabs={tabs} params={{ id }} />
      <Outlet />
    </Page>
  );
}

/** Where somebody comes to who opens the customer without a tab. */
export function FirstTab() {
  return <Navigate to="/admin/customers/$id/connection" params={{ id: route.useParams().id }} replace />;
}
