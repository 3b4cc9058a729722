import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { customerQuery } from "../queries";

const route = getRouteApi("/signed-in/admin/customers/$id");

/** The customer of a tab, which OneCustomer has read. */
export function useCustomer() {
  const { id } = route.useParams();
  return useQuery(customerQuery(id)).data!;
}
