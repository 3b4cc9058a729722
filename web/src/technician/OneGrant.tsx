import { Skeleton, SkeletonItem, makeStyles } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { grantQuery } from "../api/queries";
import { GrantCard } from "../grants/GrantCard";
import { titleOf } from "../grants/title";
import { Page } from "../parts/Page";
import { ProblemBox } from "../parts/ProblemBox";
import { useMe } from "../shell/me";
import { texts as shell } from "../texts/shell";
import { texts } from "../texts/technician";

const useStyles = makeStyles({ card: { maxWidth: "44rem" } });

/** One grant at an address of its own. */
export function OneGrant() {
  const styles = useStyles();
  const me = useMe();
  const { id } = useParams({ from: "/signed-in/grants/$id" });
  const { data: g, error, refetch } = useQuery(grantQuery(id));
  return (
    <Page title={g ? titleOf(g, g.person.id === me.id) : texts.grant}>
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {!g && !error && <Skeleton aria-label={shell.loading}><SkeletonItem size={128} /></Skeleton>}
      {g && <div className={styles.card}><GrantCard grant={g} level="h2" /></div>}
    </Page>
  );
}
