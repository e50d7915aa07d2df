export function Field({
  name,
  label,
  value,
  type = "text",
  inputmode,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly type?: "text" | "datetime-local" | "number";
  readonly inputmode?: "numeric";
}) {
  return (
    <label>
      {label}
      <input name={name} type={type} value={value ?? ""} inputmode={inputmode} autocomplete="off" />
    </label>
  );
}

/** `any`: what choosing nothing is called. */
export function Select({
  name,
  label,
  value,
  options,
  any,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly options: readonly string[];
  readonly any?: string;
}) {
  return (
    <label>
      {label}
      <select name={name}>
        {any === undefined ? null : <option value="">{any}</option>}
        {options.map((option) => (
          <option value={option} selected={option === value}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}
