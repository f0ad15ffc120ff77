// The rules of tidy, by name.
import { bans } from './bans.ts'
import { casts } from './casts.ts'
import { costlyImports } from './costly_imports.ts'
import { cycles } from './cycles.ts'
import { deadFiles } from './dead_files.ts'
import { engineNames } from './engine_names.ts'
import { featureInsides } from './feature_insides.ts'
import { fileNames } from './file_names.ts'
import { firstLine } from './first_line.ts'
import { importDirection } from './import_direction.ts'
import { pureImports } from './pure_imports.ts'
import { sizes } from './sizes.ts'
import type { TidyRule } from './source.ts'

/** Every rule with the sentence its test carries. */
export const RULES: Readonly<Record<string, TidyRule>> = {
  'imports go down the house': importDirection,
  'base/pure and the client run in a browser': pureImports,
  'a start loads no more than it needs': costlyImports,
  'a feature is known by its index': featureInsides,
  'an engine is named in its own folder': engineNames,
  'nothing imports itself in a circle': cycles,
  'files, functions and lines stay short': sizes,
  'words stay with the file that owns them': bans,
  'a cast says why': casts,
  'a file begins with what it is for': firstLine,
  'names say something': fileNames,
  'every file is used': deadFiles,
}
