
                        
^XA^CI28

^FT35,40^A0N,25^FH_^FDA&B <x> "q" 's' _5EXZ_7EJA_5EXA _5F5E _5C& é>;^FS
^FT35,65^A0N,20^FD^FS
^FO35,77^BY2 ^BCN,100,Y,N,N ^FH_^FDL_5EXZ_7EJA_5F5E&1^FS
^XZ
                        
                        
^XA^CI28

^FT35,40^A0N,25^FH_^FDA&B <x> "q" 's' _5EXZ_7EJA_5EXA _5F5E _5C& é>;^FS
^FT35,65^A0N,20^FD^FS
^FO35,77^BY2 ^BCN,100,Y,N,N ^FH_^FDL_5EXZ_7EJA_5F5E&1^FS
^XZ
                        