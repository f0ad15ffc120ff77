// The shop's own refusal.
import { problemKind } from 'plinth'

export const outOfStock = problemKind('out_of_stock', 409, 'There is not enough in stock')
