import { Button, Skeleton, SkeletonItem } from "@fluentui/react-components";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { ProblemBox } from "../../../parts/ProblemBox";
import { later } from "../../../parts/later";
import { holds, useMe } from "../../../shell/me";
import { texts } from "../../../texts/customers";
import { texts as shell } from "../../../texts/shell";
import { connectionQuery, customerQuery } from "../../queries";
import { useCardStyles } from "../../styles";
import { useCustomer } from "../useCustomer";
import { Attempt } from "./Attempt";
import { Permissions } from "./Permissions";
import { State } from "./State";

const BeginConsent = later(() => import("./BeginConsent").then((m) => m.BeginConsent));
const OwnApp = later(() => import("./OwnApp").then((m) => m.OwnApp));

/** How the customer's tenant is connected, and how to connect it. */
export function ConnectionTab() {
  const cards = useCardStyles();
  const cache = useQueryClient();
  const customer = useCustomer();
  const admin = holds(useMe(), "admin");
  const { data: connection, error, refetch } = useQuery(connectionQuery(customer.id));
  const [doing, setDoing] = useState<"consent" | "app">();
  const close = () => setDoing(undefined);

  // What the connection changes about the customer is shown on top of the page.
  const changed = connection && connection.state !== customer.connection;
  useEffect(() => {
    if (changed) void cache.invalidateQueries({ queryKey: customerQuery(customer.id).queryKey, exact: true });
  }, [cache, changed, customer.id]);

  if (!connection) return error ? <ProblemBox of={error} retry={() => void refetch()} /> : <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>;
  const begin = () => setDoing("consent");
  return (
    <>
      <State connection={connection} actions={admin && connection.state !== "disconnecting" && (
        <div className={cards.row}>
          <Button appearance={connection.state === "connected" ? "secondary" : "primary"} onClick={begin}>{connection.tenant_id ? texts.renew : texts.connect}</Button>
          <Button onClick={() => setDoing("app")}>{connection.app?.of_customer ? texts.replaceKey : texts.ownApp}</Button>
        </div>
      )} />
      {connection.attempt && <Attempt of={connection.attempt} again={admin ? () => setDoing(connection.attempt?.own_app ? "app" : "consent") : undefined} />}
      <Permissions of={connection} />
      {doing === "consent" && <BeginConsent connection={connection} close={close} />}
      {doing === "app" && <OwnApp connection={connection} close={close} />}
    </>
  );
}
