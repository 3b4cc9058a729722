import { Spinner, makeStyles, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { problemKindQuery } from "../api/queries";
import { ProblemBox } from "../parts/ProblemBox";
import { Card } from "../sign-in/Card";
import { say } from "../texts/say";
import { texts as shell } from "../texts/shell";
import { texts } from "../texts/technician";

const useStyles = makeStyles({ link: { color: tokens.colorBrandForegroundLink } });

/** Where the type of a problem leads to. */
export function ProblemKind() {
  const styles = useStyles();
  const { name } = useParams({ from: "/problems/$name" });
  const { data: kind, error, refetch } = useQuery(problemKindQuery(name));
  return (
    <Card title={kind?.title ?? shell.aboutProblem}>
      {!kind && !error && <Spinner />}
      {error && <ProblemBox of={error} retry={() => void refetch()} />}
      {kind && <><div>{kind.detail}</div><div><code>/problems/{kind.name}</code> · {say(texts.problemStatus, { status: kind.status })}</div></>}
      <Link to="/" className={styles.link}>{shell.goHome}</Link>
    </Card>
  );
}
