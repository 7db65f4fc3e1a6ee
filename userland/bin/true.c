/*
 * true: return true.
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/true.html
 */
int main(void)
{
    return 0;
}
