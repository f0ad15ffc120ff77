// The packages of this folder, which nothing else of the repository installs.

/** A package that is installed below this folder and not known to the compiler: the part of it that is used here. */
export async function packageOf<T>(name: string): Promise<T> {
  const found: T = await import(name)
  return found
}
