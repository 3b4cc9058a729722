import { Combobox, Option, makeStyles } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useState } from "react";
import { texts } from "../texts/audit";
import { customerNamesQuery } from "./queries";

const useStyles = makeStyles({ box: { minWidth: 0, width: "100%" } });

type Props = { name: string; none: string; chosen?: { id: string; name: string }; choose: (id: string | undefined) => void };

/** One customer out of a thousand: found by a part of its name. */
export function CustomerPicker({ name, none, chosen, choose }: Props) {
  const styles = useStyles();
  const [typed, setTyped] = useState<string>();
  const search = useDeferredValue(typed?.trim() ?? "");
  const { data: found = [] } = useQuery(customerNamesQuery(search));
  return (
    <Combobox className={styles.box} aria-label={name} placeholder={none} freeform clearable value={typed ?? chosen?.name ?? ""} selectedOptions={chosen ? [chosen.id] : []}
      onChange={(e) => setTyped(e.target.value)}
      onOpenChange={(_, { open }) => { if (!open) setTyped(undefined); }}
      onOptionSelect={(_, { optionValue }) => {
        setTyped(undefined);
        choose(optionValue);
      }}>
      {found.map((c) => <Option key={c.id} value={c.id} text={c.name}>{c.name}</Option>)}
      {found.length === 0 && <Option disabled text="" value="">{texts.nothing}</Option>}
    </Combobox>
  );
}
