// Who works here.
import { role } from 'plinth'

export const staff = role('staff')
