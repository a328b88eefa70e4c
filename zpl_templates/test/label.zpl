^XA^FO16,16^A0N,34,34^FH_^FD{{ product }}^FS^XZ
