import { useCustomer } from "../useCustomer";
import { ApproversCard } from "./ApproversCard";
import { GeneralCard } from "./GeneralCard";
import { NamesCard } from "./NamesCard";

/** What can be set about a customer, card by card. */
export function SettingsTab() {
  const customer = useCustomer();
  return (
    <>
      <GeneralCard customer={customer} />
      <NamesCard customer={customer} />
      <ApproversCard customer={customer} />
    </>
  );
}
