import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { ProblemBox } from "../parts/ProblemBox";
import { texts } from "../texts/shell";

const useStyles = makeStyles({
  box: { maxWidth: "44rem", margin: "0 auto", padding: tokens.spacingHorizontalXL, display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL, alignItems: "flex-start" },
});

/** What stands where a screen could not be shown. */
export function Failed({ error, reset }: ErrorComponentProps) {
  const styles = useStyles();
  const router = useRouter();
  const again = () => {
    reset();
    void router.invalidate();
  };
  return (
    <div className={styles.box}>
      <ProblemBox of={error} retry={again} />
      <Button onClick={() => location.reload()}>{texts.reload}</Button>
    </div>
  );
}
