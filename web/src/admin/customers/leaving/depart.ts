import { api, body } from "../../../api/client";

/** Lets the customer leave. A repeat finds what is under way, and tries again at once what did not succeed. */
export function depart(id: string, { removes, deletesAccounts }: { removes: boolean; deletesAccounts: boolean }) {
  const params = { path: { id }, query: { delete_accounts: deletesAccounts } };
  return body(removes ? api.DELETE("/api/v1/customers/{id}", { params }) : api.POST("/api/v1/customers/{id}/disconnect", { params }));
}
