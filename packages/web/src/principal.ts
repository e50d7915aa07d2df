/** The roles that ClusterCockpit's tokens name. */
export const roles = ["user", "api", "manager", "support", "admin"] as const;

export type Role = (typeof roles)[number];

/** Who asks. */
export interface Principal {
  readonly user: string;
  readonly roles: readonly Role[];
  /** False where no key is configured: then only this machine can ask, and whoever does may do everything. */
  readonly authenticated: boolean;
}

export const anyoneHere: Principal = { user: "local", roles, authenticated: false };

export function isRole(text: unknown): text is Role {
  return roles.some((role) => role === text);
}
